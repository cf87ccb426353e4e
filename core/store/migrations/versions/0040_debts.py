"""debts: what a customer owes who has what the money went back for"""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("order_task", sa.Column("amount_minor", sa.Integer(), nullable=False, server_default="0"))
