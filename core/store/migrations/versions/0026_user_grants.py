"""user grants: who the core confirmed on which device, and for how long a person may go without it"""

import sqlalchemy as sa
from alembic import op

from core.store.columns import UtcDateTime

revision = "0026"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("app_user", sa.Column("offline_hours", sa.Integer(), nullable=False, server_default="72"))
    op.create_table(
        "user_grant",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("device_id", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("issued_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"]),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_user_grant_device", "user_grant", ["device_id", "user_id"])
