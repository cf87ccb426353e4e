"""waiting holds: units on hand that an order keeps while it waits for announced stock"""

import sqlalchemy as sa
from alembic import op

from core.store.columns import UtcDateTime

revision = "0033"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "waiting_hold",
        sa.Column("order_line_id", sa.String(), nullable=False),
        sa.Column("location_id", sa.String(), nullable=False),
        sa.Column("order_id", sa.String(), nullable=False),
        sa.Column("division_id", sa.String(), nullable=False),
        sa.Column("sku", sa.String(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["order_line_id"], ["order_line.id"]),
        sa.ForeignKeyConstraint(["location_id"], ["location.id"]),
        sa.ForeignKeyConstraint(["order_id"], ["customer_order.id"]),
        sa.PrimaryKeyConstraint("order_line_id", "location_id"),
    )
    op.create_index("ix_waiting_hold_order", "waiting_hold", ["order_id"], unique=False)
    op.create_index("ix_waiting_hold_place", "waiting_hold", ["location_id", "sku"], unique=False)
