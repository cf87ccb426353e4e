"""payments: money taken at the desk, and money that goes back"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from core.store.columns import UtcDateTime

revision = "0031"
down_revision = "0033"
branch_labels = None
depends_on = None


def _text(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.String(), nullable=False) for name in names]


def _asked() -> list[sa.Column[Any]]:
    return [
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(), nullable=False),
    ]


def upgrade() -> None:
    of_collection = sa.ForeignKey("collection.id")
    op.create_table(
        "payment",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("collection_id", sa.String(), of_collection, nullable=False),
        *_text("order_id", "method"),
        sa.Column("amount_minor", sa.Integer(), nullable=False),
        *_text("currency", "state", "reason", "reference", "location_id", "user_id", "device_id"),
        *_asked(),
    )
    op.create_index("ix_payment_collection_id", "payment", ["collection_id"])
    op.create_index("ix_payment_due", "payment", ["due_at"])
    op.create_table(
        "refund",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("task_id", sa.String(), sa.ForeignKey("order_task.id"), nullable=False),
        *_text("order_id"),
        sa.Column("collection_id", sa.String(), sa.ForeignKey("collection.id"), nullable=False),
        *_text("payment_id", "method"),
        sa.Column("amount_minor", sa.Integer(), nullable=False),
        *_text("currency", "state", "reason"),
        *_asked(),
    )
    op.create_index("ix_refund_collection_id", "refund", ["collection_id"])
    op.create_index("ix_refund_task_id", "refund", ["task_id"])
    op.create_index("ix_refund_due", "refund", ["due_at"])
