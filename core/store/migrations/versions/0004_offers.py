"""offers"""

import sqlalchemy as sa
from alembic import op

from core.store.columns import UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _jobs()
    _offers()
    _copies()
    hours = sa.Column("hours", sa.JSON(), nullable=False, server_default=sa.text("'{}'"))
    op.add_column("location", hours)


def _jobs() -> None:
    """Nothing ever wrote one before this version."""
    op.drop_index("ix_job_due", table_name="job")
    op.drop_table("job")
    op.create_table(
        "job",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("arguments", sa.JSON(), nullable=False),
        sa.Column("run_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(), nullable=False),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_job_due", "job", ["state", "due_at"], unique=False)
    op.create_index("ix_job_subject", "job", ["subject"], unique=False)


def _offers() -> None:
    text, none = sa.text("''"), sa.text("0")
    for column in (
        sa.Column("division_id", sa.String(), nullable=False, server_default=text),
        sa.Column("lines", sa.JSON(), nullable=False, server_default=sa.text("'[]'")),
        sa.Column("step", sa.Integer(), nullable=False, server_default=none),
        sa.Column("days_late", sa.Integer(), nullable=False, server_default=none),
        sa.Column("automatic", sa.String(), nullable=False, server_default=sa.text("'never'")),
        sa.Column("ruleset_id", sa.String(), nullable=False, server_default=text),
        sa.Column("holder", sa.String(), nullable=False, server_default=text),
        sa.Column("refused", sa.JSON(), nullable=False, server_default=sa.text("'[]'")),
        sa.Column("ranking", sa.JSON(), nullable=False, server_default=sa.text("'[]'")),
        sa.Column("fulfilment_id", sa.String(), nullable=False, server_default=text),
        sa.Column("offered_at", UtcDateTime(), nullable=True),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
    ):
        op.add_column("offer", column)


def _copies() -> None:
    text, none = sa.text("''"), sa.text("0")
    for column in (
        sa.Column("step", sa.Integer(), nullable=False, server_default=none),
        sa.Column("rank", sa.Integer(), nullable=False, server_default=none),
        sa.Column("cost_minor", sa.Integer(), nullable=False, server_default=none),
        sa.Column("chance_permille", sa.Integer(), nullable=False, server_default=none),
        sa.Column("days_late", sa.Integer(), nullable=False, server_default=none),
        sa.Column("offered_at", UtcDateTime(), nullable=True),
        sa.Column("answer", sa.String(), nullable=False, server_default=text),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.Column("answered_by", sa.String(), nullable=False, server_default=text),
        sa.Column("reason", sa.String(), nullable=False, server_default=text),
    ):
        op.add_column("offer_copy", column)
    op.create_index("ix_offer_copy_history", "offer_copy", ["location_id", "answered_at"], unique=False)
