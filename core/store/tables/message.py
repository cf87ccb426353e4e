"""What customers are told: messages on their way, and the texts that divisions gave themselves."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from core.store.columns import CoreRow, moment


class MessageRow(CoreRow, table=True):
    """One word to one customer, written in the transaction of its cause. Address and text are those of when it goes.

    `due_at`: when it may be tried next, or the lease of who tries it now; None: nothing more is done. `tries` numbers
    the leases, `failures` counts those that were answered no.
    """

    __tablename__ = "message"
    __table_args__ = (
        Index("ix_message_due", "due_at"),
        Index("ix_message_order", "order_id"),
        Index("ix_message_state", "state", "made_at"),
    )
    id: str = Field(primary_key=True)
    collection_id: str = Field(foreign_key="collection.id", index=True)
    order_id: str
    kind: str  # core.domain.messages.KINDS
    state: str = "waiting"  # "waiting" | "sent" | "dead" | "dropped"
    made_at: datetime = moment()
    due_at: datetime | None = moment(default=None)
    tries: int = 0
    failures: int = 0
    error: str = ""  # in words, without the customer's address
    language: str = ""  # it went in
    sent_at: datetime | None = moment(default=None)


class MessageTemplateRow(CoreRow, table=True):
    """One immutable version of a text; the highest one is in force."""

    __tablename__ = "message_template"
    __table_args__ = (
        UniqueConstraint("division_id", "kind", "language", "version", name="uq_message_template_version"),
    )
    id: str = Field(primary_key=True)
    division_id: str = Field(foreign_key="division.id")
    kind: str
    language: str
    version: int
    subject: str
    text: str
    html: str = ""  # "": made of the text
    created_at: datetime = moment()
    created_by: str = ""
