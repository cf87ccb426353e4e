"""customer states: what a division calls the states that its customers are told"""

import sqlalchemy as sa
from alembic import op

revision = "0011b"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("division", sa.Column("customer_states", sa.JSON(), nullable=False, server_default="{}"))
