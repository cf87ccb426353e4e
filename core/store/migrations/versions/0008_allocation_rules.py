"""allocation rules"""

from alembic import op

revision = "0008"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Rules of allocation were live by being published; what was live stays so.
    op.execute(
        "INSERT INTO ruleset_publication (id, kind, division_id, ruleset_id, number, from_at, created_at, created_by)"
        " SELECT id, kind, division_id, id, number, coalesce(published_at, created_at), created_at, ''"
        " FROM ruleset WHERE state = 'published' AND kind = 'allocation'"
    )
