"""The tables of `main.db`, work and outbox. Those of stock and catalogue travel: `core.contract.cache_files`.

Their registry is the device's own: core's tables live in the same process in tests and in the demo.
Columns named `at` or `*_at` are ISO 8601 UTC texts; `body` and `arguments` are JSON as it travels.
"""

from typing import Any, ClassVar

from sqlalchemy import Index, MetaData, UniqueConstraint, text
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

UNFINISHED = ("queued", "answered")


class DeviceTable(SQLModel, registry=registry()):
    """Base of the tables; carries their own metadata."""


class DocumentRow(DeviceTable, table=True):
    """What the core said last. Every entity of the main group; the columns after `body` only for work documents."""

    __tablename__ = "document"
    __table_args__: ClassVar[Any] = (
        Index("document_work", "entity", "is_open", "state", "target_at"),
        Index("document_run", "run_id", sqlite_where=text("run_id <> ''")),
    )
    entity: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    ver: int
    body: bytes
    state: str = ""
    target_at: str = ""
    run_id: str = ""
    location_id: str = ""
    is_open: bool = False


class LocalDocumentRow(DeviceTable, table=True):
    """The same document after the unfinished commands of this device; shown instead of the base while it exists.

    `fits`: every one of those commands still means what it meant when it was made.
    """

    __tablename__ = "local_document"
    __table_args__: ClassVar[Any] = (
        Index("local_document_work", "entity", "is_open", "state", "target_at"),
        Index("local_document_run", "run_id", sqlite_where=text("run_id <> ''")),
    )
    entity: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    body: bytes
    fits: bool = True
    state: str = ""
    target_at: str = ""
    run_id: str = ""
    location_id: str = ""
    is_open: bool = False


class DocumentCodeRow(DeviceTable, table=True):
    """What a person can scan or type to find a work document: order number, short id, SSCC, tracking number."""

    __tablename__ = "document_code"
    __table_args__: ClassVar[Any] = ({"sqlite_with_rowid": False},)
    code: str = Field(primary_key=True)
    entity: str = Field(primary_key=True)
    id: str = Field(primary_key=True)


class CommandRow(DeviceTable, table=True):
    """The outbox. Its immutable part is what travels; its state is where the command stands.

    `queued` -> `answered` (by a push; a badge only) -> `accepted` | `attention` | `rejected` (by the feed; final).
    `answer_mark` counts pushes answered: a pull begun after it must bring the verdict, or the command is queued again.
    """

    __tablename__ = "command"
    __table_args__: ClassVar[Any] = (
        UniqueConstraint("id"),
        UniqueConstraint("intent"),
        Index("command_unfinished", "state", "seq", sqlite_where=text("state IN ('queued', 'answered')")),
        Index(
            "command_attention",
            "seq",
            sqlite_where=text("state IN ('attention', 'rejected') AND dismissed_at IS NULL"),
        ),
    )
    seq: int | None = Field(default=None, primary_key=True)
    id: str
    intent: str
    name: str
    version: int
    user_id: str
    at: str
    arguments: bytes
    prev: str = ""
    offset_ms: int = 0
    state: str = "queued"
    answer_mark: int = 0
    tries: int = 0
    held_until: str = ""
    code: str = ""  # of the outcome on this device, then of the verdict
    params: bytes = b"{}"
    decided_at: str = ""
    dismissed_at: str | None = None
    dismissed_by: str = ""
    dismiss_note: str = ""


class TouchRow(DeviceTable, table=True):
    """Which documents an unfinished command reads or changes; gone when it is final."""

    __tablename__ = "touch"
    __table_args__: ClassVar[Any] = (Index("touch_seq", "seq"), {"sqlite_with_rowid": False})
    entity: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    seq: int = Field(primary_key=True)


class StockDeltaRow(DeviceTable, table=True):
    """Units a command of this device took from the shelf (+) or put back (-), until the stock feed tells it too.

    `final_mark` is 0 until the verdict came; see `app.store.stock`.
    """

    __tablename__ = "stock_delta"
    seq: int | None = Field(default=None, primary_key=True)
    sku: str = Field(index=True)
    picked: int
    final_mark: int = 0


class SettingRow(DeviceTable, table=True):
    """Small values of the device itself: clock offset, counters, the language of the last user."""

    __tablename__ = "setting"
    __table_args__: ClassVar[Any] = ({"sqlite_with_rowid": False},)
    name: str = Field(primary_key=True)
    value: str


class MainCursorRow(DeviceTable, table=True):
    """Where the main group's feed stands; each cache has the same table in its own file, beside its rows.

    `stock_mark` is of use in the stock file only.
    """

    __tablename__ = "sync_cursor"
    grp: str = Field(primary_key=True)
    cursor: str | None = None
    wire: int
    pulled_at: str = ""
    stock_mark: int = 0


class CheckRow(DeviceTable, table=True):
    """How the main group's rows stand to the core's sum of them; see `app.store.sums`. The caches have the same."""

    __tablename__ = "sync_check"
    grp: str = Field(primary_key=True)
    rows: int | None = None
    sum: str | None = None
    doubt: int
    checked_at: str
    differed_at: str


class StoryRow(DeviceTable, table=True):
    """What happened to an order, as the core told it last; see `app.store.stories`."""

    __tablename__ = "story"
    kind: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    told_at: str
    body: bytes


# Rows of a pull that has not ended yet, in a file of their own that is thrown away at every start.
STAGE_SCHEMA = """
CREATE TABLE stage.document (entity TEXT, id TEXT, ver INTEGER, body BLOB, state TEXT, target_at TEXT, run_id TEXT,
    location_id TEXT, is_open INTEGER, PRIMARY KEY (entity, id));
CREATE TABLE stage.code (code TEXT, entity TEXT, id TEXT, PRIMARY KEY (code, entity, id)) WITHOUT ROWID;
CREATE TABLE stage.position (sku TEXT PRIMARY KEY, ver INTEGER, on_hand INTEGER, reserved INTEGER, picked INTEGER,
    unavailable INTEGER, safety INTEGER, zone TEXT, place TEXT) WITHOUT ROWID;
CREATE TABLE stage.variant (sku TEXT PRIMARY KEY, ver INTEGER, product_id TEXT, division_id TEXT, name TEXT,
    brand TEXT, category TEXT, colour TEXT, size TEXT, gtins TEXT, price_minor INTEGER, currency TEXT,
    weight_g INTEGER, image TEXT);
CREATE TABLE stage.reworded (sku TEXT PRIMARY KEY, words INTEGER, codes INTEGER, moved INTEGER) WITHOUT ROWID;
CREATE TABLE stage.deleted (entity TEXT, id TEXT, PRIMARY KEY (entity, id)) WITHOUT ROWID;
"""
STAGE_TABLES = ("document", "code", "position", "variant", "reworded", "deleted")

METADATA: MetaData = DeviceTable.metadata
