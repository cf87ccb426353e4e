"""sourcing terms"""

import sqlalchemy as sa
from alembic import op

from core.store.columns import UtcDateTime

revision = "0009"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("customer", sa.Column("tier", sa.String(), nullable=False, server_default=""))
    op.add_column("customer_order", sa.Column("source_at", UtcDateTime(), nullable=True))
    op.create_table(
        "order_task",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("order_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("opened_by", sa.String(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("closed_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["customer_order.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_order_task_open", "order_task", ["closed_at", "opened_at"], unique=False)
    op.create_index("ix_order_task_order", "order_task", ["order_id"], unique=False)
    op.create_table(
        "order_leg",
        sa.Column("fulfilment_id", sa.String(), nullable=False),
        sa.Column("order_id", sa.String(), nullable=False),
        sa.Column("to_location_id", sa.String(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=True),
        sa.Column("received_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["fulfilment_id"], ["fulfilment.id"]),
        sa.ForeignKeyConstraint(["order_id"], ["customer_order.id"]),
        sa.ForeignKeyConstraint(["to_location_id"], ["location.id"]),
        sa.PrimaryKeyConstraint("fulfilment_id"),
    )
    op.create_index("ix_order_leg_order", "order_leg", ["order_id"], unique=False)
    # Who decided about orders and settings may release holds, as before.
    roles = sa.table("role", sa.column("id", sa.String()), sa.column("permissions", sa.JSON()))
    for row in op.get_bind().execute(sa.select(roles)).all():
        if {"write_orders", "manage_settings"} <= set(row.permissions):
            permissions = [*row.permissions, "release_holds"]
            op.execute(roles.update().where(roles.c.id == row.id).values(permissions=permissions))
