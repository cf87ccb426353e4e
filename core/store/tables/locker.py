"""Compartments of lockers, while something of ours is or shall be in them."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field

from core.store.columns import CoreRow, moment


class LockerStayRow(CoreRow, table=True):
    """`id`: by which the locker knows it. `drop_code`: opens it for us, `customer_code`: for the customer.

    `state`: "asking", "reserved", "refused" (`reason`), "dropped" (the customer's code is asked for), "waiting"
    (for the customer, who has it), "ending" (the locker is told), "ended".
    """

    __tablename__ = "locker_stay"
    __table_args__ = (Index("ix_locker_stay_due", "due_at"),)
    id: str = Field(primary_key=True)
    collection_id: str = Field(foreign_key="collection.id", index=True)
    location_id: str
    size: str = ""
    state: str = "asking"
    compartment: str = ""
    drop_code: str = ""
    customer_code: str = ""
    reason: str = ""
    asked_at: datetime = moment()
    due_at: datetime | None = moment(default=None)
    tries: int = 0
    error: str = ""
