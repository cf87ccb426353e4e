"""atp generation: which rules a row of the projection was made with, and how far making all of them again has come"""

import sqlalchemy as sa
from alembic import op

from core.store.columns import UtcDateTime

revision = "0012"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("atp", "stock_rule_clock"):
        op.add_column(table, sa.Column("generation", sa.Integer(), nullable=False, server_default="0"))
    op.create_table(
        "atp_remake",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("wanted", sa.Integer(), nullable=False),
        sa.Column("made", sa.Integer(), nullable=False),
        sa.Column("after", sa.String(), nullable=False),
        sa.Column("articles", sa.Integer(), nullable=False),
        sa.Column("begun_at", UtcDateTime(), nullable=True),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
