"""messages: what customers are told, the texts of divisions and the language they speak when nobody says another"""

import sqlalchemy as sa
from alembic import op

from core.store.columns import UtcDateTime

revision = "0030"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "message",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("collection_id", sa.String(), sa.ForeignKey("collection.id"), nullable=False),
        sa.Column("order_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
    )
    op.create_index("ix_message_collection_id", "message", ["collection_id"])
    op.create_index("ix_message_due", "message", ["due_at"])
    op.create_index("ix_message_order", "message", ["order_id"])
    op.create_index("ix_message_state", "message", ["state", "made_at"])
    op.create_table(
        "message_template",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("division_id", sa.String(), sa.ForeignKey("division.id"), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("html", sa.String(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.UniqueConstraint("division_id", "kind", "language", "version", name="uq_message_template_version"),
    )
    op.add_column("division", sa.Column("language", sa.String(), nullable=False, server_default=""))
