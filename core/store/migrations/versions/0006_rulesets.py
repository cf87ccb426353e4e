"""rulesets"""

import sqlalchemy as sa
from alembic import op

from core.store.columns import UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("name", "note", "created_by", "based_on"):
        op.add_column("ruleset", sa.Column(name, sa.String(), nullable=False, server_default=""))
    op.create_table(
        "ruleset_publication",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("division_id", sa.String(), nullable=True),
        sa.Column("ruleset_id", sa.String(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("from_at", UtcDateTime(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["division_id"], ["division.id"]),
        sa.ForeignKeyConstraint(["ruleset_id"], ["ruleset.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    columns = ["kind", "division_id", "from_at"]
    op.create_index("ix_ruleset_publication_live", "ruleset_publication", columns, unique=False)
    op.create_table(
        "ruleset_replay",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("ruleset_id", sa.String(), nullable=False),
        sa.Column("against_id", sa.String(), nullable=False),
        sa.Column("orders", sa.Integer(), nullable=False),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("finished_at", UtcDateTime(), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["ruleset_id"], ["ruleset.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_ruleset_replay_ruleset", "ruleset_replay", ["ruleset_id", "finished_at"], unique=False)
    # What was live before there were publications stays live.
    op.execute(
        "INSERT INTO ruleset_publication (id, kind, division_id, ruleset_id, number, from_at, created_at, created_by)"
        " SELECT id, kind, division_id, id, number, coalesce(published_at, created_at), created_at, ''"
        " FROM ruleset WHERE state = 'published' AND kind = 'sourcing'"
    )
