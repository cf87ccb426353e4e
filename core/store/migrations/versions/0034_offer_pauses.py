"""offers: a store may take none for the rest of its day; how far it is from a store to the customer"""

import sqlalchemy as sa
from alembic import op

from core.store.columns import UtcDateTime

revision = "0034"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("location", sa.Column("offers_paused_until", UtcDateTime(), nullable=True))
    op.add_column("location", sa.Column("offers_said_at", UtcDateTime(), nullable=True))
    op.add_column("offer_copy", sa.Column("distance_km", sa.Integer(), nullable=True))
