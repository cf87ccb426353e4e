"""When locations are closed besides their hours."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field

from core.store.columns import CoreRow, moment


class LocationClosureRow(CoreRow, table=True):
    """From `from_at` until `until_at`; ended early, `until_at` is when, and `ended_at` when that was said."""

    __tablename__ = "location_closure"
    __table_args__ = (
        Index("ix_location_closure_place", "location_id", "until_at"),
        Index("ix_location_closure_time", "until_at"),
    )
    id: str = Field(primary_key=True)
    location_id: str = Field(foreign_key="location.id")
    from_at: datetime = moment()
    until_at: datetime = moment()
    reason: str = ""
    created_at: datetime = moment()
    created_by: str = ""
    ended_at: datetime | None = moment(default=None)
    version: int = 1
