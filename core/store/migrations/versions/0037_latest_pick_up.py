"""latest pick-up: how long a collection may be kept at most, as the terms were when it became ready"""

import sqlalchemy as sa
from alembic import op

from core.store.columns import UtcDateTime

revision = "0037"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("collection", sa.Column("latest_pick_up", UtcDateTime(), nullable=True))
