"""Which version of the sourcing rules is live when, and what drafts would have done to past orders."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field

from core.store.columns import CoreRow, document, moment


class PublicationRow(CoreRow, table=True):
    """From `from_at` on this version decides, until a later one does. No ruleset: the built-in one. Never changed,
    but for `withdrawn_at`, which takes back what has not begun.
    """

    __tablename__ = "ruleset_publication"
    __table_args__ = (Index("ix_ruleset_publication_live", "kind", "division_id", "from_at"),)
    id: str = Field(primary_key=True)
    kind: str = "sourcing"
    division_id: str | None = Field(default=None, foreign_key="division.id")
    ruleset_id: str | None = Field(default=None, foreign_key="ruleset.id")
    number: int = 1  # of two from the same moment the later one is live
    from_at: datetime = moment()
    created_at: datetime = moment()
    created_by: str = ""
    withdrawn_at: datetime | None = moment(default=None)


class ReplayRow(CoreRow, table=True):
    """A finished what-if. `against_id` "": the built-in rules."""

    __tablename__ = "ruleset_replay"
    __table_args__ = (Index("ix_ruleset_replay_ruleset", "ruleset_id", "finished_at"),)
    id: str = Field(primary_key=True)
    ruleset_id: str = Field(foreign_key="ruleset.id")
    against_id: str = ""
    orders: int = 0
    result: dict[str, Any] = document(dict)
    started_at: datetime = moment()
    finished_at: datetime = moment()
    created_by: str = ""
