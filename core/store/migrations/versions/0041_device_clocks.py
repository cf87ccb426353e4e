"""device clocks: by how much a tablet's clock was wrong when it last made something"""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("device", sa.Column("clock_offset_ms", sa.BigInteger(), nullable=True))
