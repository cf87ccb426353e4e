"""The change feed: one row per synced row, saying which transaction touched it last. Bodies are rendered when read."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index
from sqlmodel import Field

from core.store.columns import CoreRow, moment, transaction_id


class SyncRow(CoreRow, table=True):
    __tablename__ = "sync_row"
    __table_args__ = (Index("ix_sync_row_tx", "part", "tx"),)
    part: str = Field(primary_key=True)
    entity: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    tx: Any = Field(sa_type=transaction_id())
    ver: int = Field(sa_type=BigInteger)
    deleted: bool = False
    was: int = Field(default=0, sa_type=BigInteger)  # the version that lived before this one, 0 for none


class SyncClockRow(CoreRow, table=True):
    """SQLite's transaction counter (PostgreSQL has its own), and the epoch: whose history this database tells."""

    __tablename__ = "sync_clock"
    id: int = Field(primary_key=True)
    value: int = Field(sa_type=BigInteger)
    epoch: str


class SyncTickRow(CoreRow, table=True):
    """Proof of history: a backup that contains the tick contains all that the cursor has seen."""

    __tablename__ = "sync_tick"
    __table_args__ = (Index("ix_sync_tick_at", "at"),)
    id: str = Field(primary_key=True)
    at: datetime = moment()


class SyncSumRow(CoreRow, table=True):
    """The sum of a partition's living rows is what its slots add up to; see `core.store.sums`."""

    __tablename__ = "sync_sum"
    part: str = Field(primary_key=True)
    slot: int = Field(primary_key=True)
    rows: int = Field(sa_type=BigInteger)
    hi: int = Field(sa_type=BigInteger)
    lo: int = Field(sa_type=BigInteger)
    unsure: bool = False


class SyncFloorRow(CoreRow, table=True):
    """Tombstones of the part at or below this transaction are gone."""

    __tablename__ = "sync_floor"
    part: str = Field(primary_key=True)
    tx: int = Field(sa_type=BigInteger)
