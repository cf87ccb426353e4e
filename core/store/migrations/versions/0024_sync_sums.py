"""sync sums: how many rows a partition has and the sum of their hashes; what is there is found out when asked"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sync_row", sa.Column("was", sa.BigInteger(), nullable=False, server_default="0"))
    op.create_table(
        "sync_sum",
        sa.Column("part", sa.String(), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("hi", sa.BigInteger(), nullable=False),
        sa.Column("lo", sa.BigInteger(), nullable=False),
        sa.Column("unsure", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("part", "slot"),
    )
    op.execute("INSERT INTO sync_sum SELECT DISTINCT part, 0, 0, 0, 0, true FROM sync_row")
