"""The sync protocol as data: pulls, frames, pushes, verdicts. `shared/sync.md` sections 2-6 are its reasons.

Pull: `POST /sync/v1/pull` answers a stream of frames, one JSON document a line; only `Commit` has the new cursor.
Where the rows lie in a prebuilt file the only frame is a `CacheFile`: `GET /sync/v1/files/{id}`, then pull again.
Push: `POST /sync/v1/push` answers a result per command; a verdict becomes final when it comes down the feed.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from core.contract.commands import Command
from core.domain.outcome import Verdict

WIRE = 1
OLDEST_WIRE = 1
MAX_PUSH_COMMANDS = 200
MAX_PUSH_BYTES = 256 * 1024
MAX_FRAME_ROWS = 500
FILE_CHUNK_BYTES = 1024 * 1024
MAX_WAITING = 20_000  # as many as an outbox may hold before it takes no more requests


class Group(StrEnum):
    """What a device pulls with one cursor, into one database file."""

    MAIN = "main"  # partitions org, store:{id}, dev:{id}
    STOCK = "stock"  # stock:{location id}
    CATALOGUE = "catalogue"  # cat:{division id} of each division of the location


# Entities of each group, in the order they are sent, with the documents that are their bodies:
# main: division location user reason carrier packaging (reference.*); fulfilment run manifest collection (domain);
# offer verdict
# stock: position; catalogue: variant
ENTITIES: dict[Group, tuple[str, ...]] = {
    Group.MAIN: (
        "division", "location", "user", "reason", "carrier", "packaging",
        "fulfilment", "run", "manifest", "collection", "offer", "verdict",
    ),
    Group.STOCK: ("position",),
    Group.CATALOGUE: ("variant",),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class PullRequest:
    """`files`: the format of cache files this device takes instead of a long stream of rows, 0 for none.

    `holds`: id of the file whose first chunks it has already, "" for none.
    `last_seq`: number of the newest command this device ever made; with the main group.
    `doubt`: how often in a row the sum of its rows was another than the core's. With 1 it says the sums (rows, value)
    of its 256 ranges (`core.contract.sums`) in `have`, and is told those that differ, whatever its cursor.
    `waiting`: ids of its commands without a final verdict, the oldest MAX_WAITING, where the core may have decided them
    for the device that this tablet was before it was paired again: their verdicts come with the rows that hold their
    effects.
    `seen`: without a cursor the one of the rows that it has all the same (of an older wire, or in doubt), main group:
    a core that has lost what they hold says so, and the tablet offers its commands again.
    `audit`: the slice of rows whose bodies it wants to compare, None for none; `form`: the dataclasses it knows them by
    (`core.contract.audits`).
    """

    group: Group
    cursor: str | None  # None: everything
    wire: int = WIRE
    files: int = 0
    holds: str = ""
    last_seq: int | None = None
    doubt: int = 0
    have: tuple[tuple[int, int], ...] = ()
    waiting: tuple[str, ...] = ()
    seen: str = ""
    audit: int | None = None
    form: str = ""


@dataclass(frozen=True, slots=True)
class Head:
    """First frame. `full`: what is not in this stream does not exist (any more); `ranges`: in these ranges of rows."""

    full: bool
    ranges: tuple[int, ...] = ()
    t: str = "head"


@dataclass(frozen=True, slots=True)
class Put:
    e: str
    rows: tuple[tuple[str, int, Any], ...]  # (id, version, body or its JSON as bytes), at most MAX_FRAME_ROWS
    t: str = "put"


@dataclass(frozen=True, slots=True)
class Delete:
    e: str
    ids: tuple[str, ...]
    t: str = "del"


@dataclass(frozen=True, slots=True)
class Commit:
    """`rows`, `sum`: what the device holds of the group now (`core.contract.sums`); None: the core does not know.

    `audit`: digest of the slice that was asked for, "" for none (`core.contract.audits`).
    """

    cursor: str
    rows: int | None = None
    sum: int | None = None
    audit: str = ""
    t: str = "commit"


@dataclass(frozen=True, slots=True)
class CacheFile:
    """Answer to a pull, instead of rows: fetch this file, then pull again from its `cursor`.

    `id`: sha256 of the compressed bytes, hex; `chunks`: sha256 of each FILE_CHUNK_BYTES of them (the last is shorter).
    The file is one zstandard frame; what is in it: `core.contract.cache_files`.
    """

    id: str
    size_bytes: int
    unpacked_bytes: int
    chunks: tuple[str, ...]
    rows: int
    cursor: str
    format: int
    t: str = "file"


Frame = Head | Put | Delete | Commit | CacheFile


@dataclass(frozen=True, slots=True)
class PushRequest:
    """`seen`: cursor of the main group, "" for none. A core that has lost what commands are built on takes none."""

    commands: tuple[Command, ...]
    wire: int = WIRE
    seen: str = ""


@dataclass(frozen=True, slots=True)
class OpaqueCommand:
    """One command for `POST /sync/v1/quarantine` that does not come through as it is: nothing on the way can read it.

    `opaque`: base64 of the zlib-compressed JSON of the `Command`.
    """

    opaque: str
    wire: int = WIRE


@dataclass(frozen=True, slots=True)
class Answer:
    """Of one command. `verdict is None`: not decided yet, offer it again after `after_ms`."""

    id: str
    verdict: Verdict | None
    code: str = ""
    params: dict[str, str | int] = field(default_factory=dict)
    after_ms: int = 0


@dataclass(frozen=True, slots=True)
class PushAnswer:
    answers: tuple[Answer, ...]
    server_time: datetime


@dataclass(frozen=True, slots=True)
class VerdictDocument:
    """Entity `verdict` in partition `dev:{id}`: final for the command of the same id."""

    id: str
    verdict: Verdict
    code: str
    params: dict[str, str | int]
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class Enrolment:
    """Answer to `POST /device/v1/enrol {code, name}`: who this device is from now on."""

    device_id: str
    device_number: int  # its SSCC number range
    location_id: str
    company_prefix: str  # GS1, for SSCCs
    access_token: str
    refresh_token: str
    access_expires_at: datetime
    core_key: str = ""  # Ed25519, hexadecimal: what the core signs its orders to the device with


@dataclass(frozen=True, slots=True)
class Problem:
    """RFC 9457 problem details; `code` is the stable name that is translated."""

    code: str
    title: str
    status: int
    detail: str = ""
    params: dict[str, str | int] = field(default_factory=dict)
