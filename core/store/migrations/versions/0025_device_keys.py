"""device keys: the public key that a device signs its requests with"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0011b"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("device", sa.Column("public_key", sa.String(), nullable=False, server_default=""))
