"""collections: what customers fetch at stores, proof of handovers, and how a store hands over"""

import sqlalchemy as sa
from alembic import op

from core.store.columns import UtcDateTime

revision = "0028"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "collection",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("short_id", sa.String(), nullable=False),
        sa.Column("order_id", sa.String(), sa.ForeignKey("customer_order.id"), nullable=False),
        sa.Column("division_id", sa.String(), nullable=False),
        sa.Column("location_id", sa.String(), sa.ForeignKey("location.id"), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("customer_name", sa.String(), nullable=False),
        sa.Column("placed_at", UtcDateTime(), nullable=False),
        sa.Column("expected_at", UtcDateTime(), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("pick_up_code", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("due_minor", sa.Integer(), nullable=False),
        sa.Column("ready_at", UtcDateTime(), nullable=True),
        sa.Column("pick_up_by", UtcDateTime(), nullable=True),
        sa.Column("waiting", sa.JSON(), nullable=True),
        sa.Column("handed", sa.JSON(), nullable=True),
        sa.Column("locker", sa.String(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
    )
    op.create_index("ix_collection_work", "collection", ["location_id", "state"])
    op.create_index("ix_collection_order", "collection", ["order_id"])
    op.create_index("ix_collection_due", "collection", ["state", "pick_up_by"])
    op.create_index("ix_collection_pick_up_code", "collection", ["pick_up_code"])
    op.create_table(
        "handover",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("collection_id", sa.String(), sa.ForeignKey("collection.id"), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("device_id", sa.String(), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.Column("refused", sa.JSON(), nullable=False),
        sa.Column("identity", sa.String(), nullable=False),
        sa.Column("collector", sa.String(), nullable=False),
        sa.Column("relation", sa.String(), nullable=False),
        sa.Column("signature", sa.String(), nullable=False),
        sa.Column("keep_until", UtcDateTime(), nullable=False),
    )
    op.create_index("ix_handover_collection_id", "handover", ["collection_id"])
    for table in ("division", "location"):
        op.add_column(table, sa.Column("collect", sa.JSON(), nullable=False, server_default="{}"))
    op.add_column("customer_order", sa.Column("collection", sa.String(), nullable=False, server_default=""))
