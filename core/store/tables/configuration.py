"""What head office decides: rulesets, reasons, carriers, packaging; and work that waits for its time."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field

from core.store.columns import CoreRow, document, moment


class RulesetRow(CoreRow, table=True):
    """One immutable version of a division's rules; draft -> published -> retired."""

    __tablename__ = "ruleset"
    __table_args__ = (Index("ix_ruleset_division", "division_id", "kind", "state"),)
    id: str = Field(primary_key=True)
    division_id: str | None = Field(default=None, foreign_key="division.id")
    kind: str = "sourcing"
    number: int = 1
    state: str = "draft"
    body: dict[str, Any] = document(dict)
    created_at: datetime = moment()
    published_at: datetime | None = moment(default=None)
    name: str = ""
    note: str = ""
    created_by: str = ""
    based_on: str = ""


class ReasonRow(CoreRow, table=True):
    __tablename__ = "reason"
    id: str = Field(primary_key=True)
    account_id: str = Field(foreign_key="account.id")
    usage: str
    labels: dict[str, str] = document(dict)
    effect: str = "none"
    target: str = "atp"
    collateral: bool = False
    position: int = 0
    active: bool = True


class CarrierRow(CoreRow, table=True):
    __tablename__ = "carrier"
    id: str = Field(primary_key=True)
    account_id: str = Field(foreign_key="account.id")
    code: str = Field(unique=True)
    name: str
    services: list[str] = document(list)
    pickup_time: str = "17:00"
    gs1_prefix: str = ""
    active: bool = True
    version: int = 1


class PackagingRow(CoreRow, table=True):
    __tablename__ = "packaging"
    id: str = Field(primary_key=True)
    account_id: str = Field(foreign_key="account.id")
    labels: dict[str, str] = document(dict)
    length_mm: int = 0
    width_mm: int = 0
    height_mm: int = 0
    tare_g: int = 0
    position: int = 0
    active: bool = True


class JobRow(CoreRow, table=True):
    """Work for later, written in the transaction that causes it and taken in batches.

    `run_at`: when it is meant to run. `due_at`: when it may be taken next; a worker that takes it moves this on by its
    lease, so that what a killed worker held is due again. `tries`: how often it was taken; it numbers the leases.
    """

    __tablename__ = "job"
    __table_args__ = (Index("ix_job_due", "state", "due_at"), Index("ix_job_subject", "subject"))
    id: str = Field(primary_key=True)
    kind: str
    subject: str = ""  # what it is about, for example the id of an offer
    arguments: dict[str, Any] = document(dict)
    run_at: datetime = moment()
    due_at: datetime = moment()
    state: str = "waiting"  # "waiting" | "done" | "set_aside"
    tries: int = 0
    error: str = ""
    done_at: datetime | None = moment(default=None)
