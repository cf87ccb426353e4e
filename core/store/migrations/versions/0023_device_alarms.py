"""device alarms: what is wrong with a tablet's copy of the data, for head office; proofs of history by their age"""

import sqlalchemy as sa
from alembic import op

from core.store.columns import UtcDateTime

revision = "0023"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_sync_tick_at", "sync_tick", ["at"], unique=False)
    op.create_table(
        "device_alarm",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("device_id", sa.String(), nullable=False),
        sa.Column("location_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("part", sa.String(), nullable=False),
        sa.Column("cursor", sa.String(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("first_at", UtcDateTime(), nullable=False),
        sa.Column("last_at", UtcDateTime(), nullable=False),
        sa.Column("resolved_at", UtcDateTime(), nullable=True),
        sa.Column("resolved_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_device_alarm_open", "device_alarm", ["resolved_at", "first_at"], unique=False)
    op.create_index("ix_device_alarm_device", "device_alarm", ["device_id"], unique=False)
