"""Money of collections: what was taken at the desk, and what goes back."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field

from core.store.columns import CoreRow, moment


class PaymentRow(CoreRow, table=True):
    """`id`: made by the tablet when its till was opened; money of one id is taken once. Amounts in minor units."""

    __tablename__ = "payment"
    __table_args__ = (Index("ix_payment_due", "due_at"),)
    id: str = Field(primary_key=True)
    collection_id: str = Field(foreign_key="collection.id", index=True)
    order_id: str
    method: str  # "card" | "cash"
    amount_minor: int
    currency: str
    state: str = "asking"  # "asking" | "paid" | "declined"
    reason: str = ""  # why it was declined
    reference: str = ""  # the provider's
    location_id: str = ""
    user_id: str = ""
    device_id: str = ""
    asked_at: datetime = moment()
    decided_at: datetime | None = moment(default=None)
    due_at: datetime | None = moment(default=None)  # as of `message`
    tries: int = 0
    error: str = ""


class RefundRow(CoreRow, table=True):
    """A part of what goes back for one reason, the way it came.

    `method`: "card" is done by the core, "cash" is given back at the desk, "elsewhere" was paid before the order came
    here. `state`: "asking" (card), "to_give_back", "failed" (the provider does not want to), "done", "called_off".
    """

    __tablename__ = "refund"
    __table_args__ = (Index("ix_refund_due", "due_at"),)
    id: str = Field(primary_key=True)
    task_id: str = Field(foreign_key="order_task.id", index=True)
    order_id: str
    collection_id: str = Field(foreign_key="collection.id", index=True)
    payment_id: str = ""
    method: str
    amount_minor: int
    currency: str
    state: str
    reason: str = ""
    asked_at: datetime = moment()
    decided_at: datetime | None = moment(default=None)
    due_at: datetime | None = moment(default=None)
    tries: int = 0
    error: str = ""
