"""promise"""

import sqlalchemy as sa
from alembic import op

from core.store.columns import UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("carrier", sa.Column("version", sa.Integer(), nullable=False, server_default=sa.text("1")))
    for side in ("length_mm", "width_mm", "height_mm"):
        op.add_column("variant", sa.Column(side, sa.Integer(), nullable=False, server_default=sa.text("0")))
    op.create_table(
        "carrier_service",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("carrier_id", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["carrier_id"], ["carrier.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("carrier_id", "code", name="uq_carrier_service_code"),
    )
    op.create_table(
        "delivery_method",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("division_id", sa.String(), nullable=True),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("service_id", sa.String(), nullable=True),
        sa.Column("labels", sa.JSON(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"]),
        sa.ForeignKeyConstraint(["division_id"], ["division.id"]),
        sa.ForeignKeyConstraint(["service_id"], ["carrier_service.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code"),
    )
    op.create_index("ix_delivery_method_division_id", "delivery_method", ["division_id"], unique=False)
    _promises()


def _promises() -> None:
    op.create_table(
        "promise",
        sa.Column("order_id", sa.String(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("earliest_at", UtcDateTime(), nullable=False),
        sa.Column("latest_at", UtcDateTime(), nullable=False),
        sa.Column("cutoff_at", UtcDateTime(), nullable=False),
        sa.Column("target_at", UtcDateTime(), nullable=False),
        sa.Column("timezone", sa.String(), nullable=False),
        sa.Column("destination", sa.JSON(), nullable=False),
        sa.Column("store_id", sa.String(), nullable=False),
        sa.Column("parcels", sa.Integer(), nullable=False),
        sa.Column("carbon_g", sa.Integer(), nullable=False),
        sa.Column("price_minor", sa.Integer(), nullable=True),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("degraded", sa.JSON(), nullable=False),
        sa.Column("explanation", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("state_at", UtcDateTime(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["customer_order.id"]),
        sa.PrimaryKeyConstraint("order_id"),
    )
    op.create_index("ix_promise_state", "promise", ["state", "target_at"], unique=False)
