"""Stock picture: virtual catalogues, stock rules, the ATP projection, declarations, inbound supply"""

import sqlalchemy as sa
from alembic import op

from core.store.columns import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# Reserved units by brand, of the work that is open. What a carrier has of it already is not reserved any more.
FILL_SEGMENTS = """
    INSERT INTO segment (location_id, sku, division_id, reserved)
    SELECT f.location_id, l.sku, f.division_id, SUM(l.quantity - l.short) FROM fulfilment f
    JOIN fulfilment_line l ON l.fulfilment_id = f.id
    WHERE f.closed_at IS NULL AND l.quantity > l.short
      AND NOT EXISTS (SELECT 1 FROM parcel p WHERE p.fulfilment_id = f.id AND p.state = 'handed_over')
    GROUP BY f.location_id, l.sku, f.division_id
"""
# Units that are not for sale, as open declarations that the end of the day reviews.
FILL_DECLARATIONS = """
    INSERT INTO declaration (id, location_id, sku, units, reason, origin, state, declared_at, declared_by, reviewed_by,
    version)
    SELECT 'before-' || location_id || '-' || sku, location_id, sku, unavailable, '', 'office', 'open', {now}, '', '', 1
    FROM position WHERE unavailable > 0
"""


def upgrade() -> None:
    op.create_table(
        "location_slot",
        sa.Column("location_id", sa.String(), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("location_id"),
        sa.UniqueConstraint("slot"),
    )
    op.create_table(
        "segment",
        sa.Column("location_id", sa.String(), nullable=False),
        sa.Column("sku", sa.String(), nullable=False),
        sa.Column("division_id", sa.String(), nullable=False),
        sa.Column("reserved", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("location_id", "sku", "division_id"),
    )
    op.create_table(
        "stock_rule",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("owner_id", sa.String(), nullable=False),
        sa.Column("location_id", sa.String(), nullable=False),
        sa.Column("sku", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=True),
        sa.Column("basis_points", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("kind", "owner_id", "location_id", "sku", "category", name="uq_stock_rule_scope"),
    )
    op.create_table(
        "stock_rule_clock",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "stock_sheet",
        sa.Column("location_id", sa.String(), nullable=False),
        sa.Column("skus", sa.LargeBinary(), nullable=False),
        sa.Column("on_hand", sa.LargeBinary(), nullable=False),
        sa.Column("snapshot", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("location_id"),
    )
    op.create_table(
        "virtual_catalogue",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("division_id", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("location_ids", sa.JSON(), nullable=False),
        sa.Column("threshold", sa.Integer(), nullable=False),
        sa.Column("inbound_days", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["division_id"],
            ["division.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("division_id", "code", name="uq_virtual_catalogue_code"),
    )
    op.create_table(
        "atp",
        sa.Column("catalogue_id", sa.String(), nullable=False),
        sa.Column("sku", sa.String(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("on_hand", sa.Integer(), nullable=False),
        sa.Column("reserved", sa.Integer(), nullable=False),
        sa.Column("unavailable", sa.Integer(), nullable=False),
        sa.Column("safety", sa.Integer(), nullable=False),
        sa.Column("segment", sa.Integer(), nullable=False),
        sa.Column("excluded", sa.Integer(), nullable=False),
        sa.Column("lacking", sa.Integer(), nullable=False),
        sa.Column("threshold", sa.Integer(), nullable=False),
        sa.Column("locations", sa.Integer(), nullable=False),
        sa.Column("places", sa.LargeBinary(), nullable=False),
        sa.Column("inbound", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["catalogue_id"],
            ["virtual_catalogue.id"],
        ),
        sa.PrimaryKeyConstraint("catalogue_id", "sku"),
    )
    op.create_table(
        "declaration",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("location_id", sa.String(), nullable=False),
        sa.Column("sku", sa.String(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("declared_at", UtcDateTime(), nullable=False),
        sa.Column("declared_by", sa.String(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=True),
        sa.Column("reviewed_at", UtcDateTime(), nullable=True),
        sa.Column("reviewed_by", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["location_id"],
            ["location.id"],
        ),
        sa.ForeignKeyConstraint(
            ["sku"],
            ["variant.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_declaration_expiry", "declaration", ["state", "expires_at"], unique=False)
    op.create_index("ix_declaration_open", "declaration", ["state", "location_id"], unique=False)
    op.create_table(
        "inbound",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("location_id", sa.String(), nullable=False),
        sa.Column("sku", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("received", sa.Integer(), nullable=False),
        sa.Column("promised", sa.Integer(), nullable=False),
        sa.Column("protected", sa.Integer(), nullable=False),
        sa.Column("expected_at", UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["location_id"],
            ["location.id"],
        ),
        sa.ForeignKeyConstraint(
            ["sku"],
            ["variant.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_inbound_expected", "inbound", ["state", "expected_at"], unique=False)
    op.create_index("ix_inbound_sku", "inbound", ["sku", "state"], unique=False)
    op.execute("INSERT INTO stock_rule_clock (id, value) VALUES (1, 1)")
    op.execute(FILL_SEGMENTS)
    now = "now()" if op.get_bind().dialect.name == "postgresql" else "strftime('%Y-%m-%d %H:%M:%f000', 'now')"
    op.execute(FILL_DECLARATIONS.format(now=now))
