"""lockers: compartments with something of ours in them"""

import sqlalchemy as sa
from alembic import op

from core.store.columns import UtcDateTime

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "locker_stay",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("collection_id", sa.String(), sa.ForeignKey("collection.id"), nullable=False),
        sa.Column("location_id", sa.String(), nullable=False),
        sa.Column("size", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("compartment", sa.String(), nullable=False),
        sa.Column("drop_code", sa.String(), nullable=False),
        sa.Column("customer_code", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(), nullable=False),
    )
    op.create_index("ix_locker_stay_collection_id", "locker_stay", ["collection_id"])
    op.create_index("ix_locker_stay_due", "locker_stay", ["due_at"])
