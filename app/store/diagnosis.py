"""The state of a device's files in words: what is unsent and why, where each feed stands, what was checked, what to do.

Read only, while the app runs or not, and of an older or newer app too. It says no name of a person and no content.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from app.store import caches, settings, sums
from app.store.connecting import connect
from app.store.lease import CONTACT_AT
from app.store.migrations import MAIN_VERSION
from core.contract.sums import sum_of
from core.contract.sync import Group

MAIN = "main.db"
LONG_OFFLINE = timedelta(hours=8)
WRONG_CLOCK = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class GroupState:
    """`differ`: the rows that lie there are not what the device's own sum says: the file was changed or is damaged."""

    group: str
    pulled_at: str
    is_known: bool
    rows: int
    checked_at: str
    doubt: int
    differ: bool


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """`version`: of main.db; times are ISO texts by the device's clock. `advice`: what to do, the first thing first."""

    folder: str
    version: int
    damaged: str = ""
    queued: int = 0
    held: int = 0
    tried: int = 0
    answered: int = 0
    attention: int = 0
    kept: int = 0
    oldest_at: str = ""
    contact_at: str = ""
    clock_offset_ms: int = 0
    groups: tuple[GroupState, ...] = ()
    moved_aside: tuple[str, ...] = ()
    advice: tuple[str, ...] = field(default=())

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def diagnose(folder: Path, now: datetime) -> Diagnosis:
    """Raises FileNotFoundError where no device lives in the folder."""
    path = folder / MAIN
    if not path.is_file():
        inside = ", ".join(sorted(one.parent.name for one in folder.glob(f"*/{MAIN}")))
        several = f"name the folder of one device; those in here are {inside}"
        raise FileNotFoundError(2, several if inside else "no device lives here: there is no main.db", str(folder))
    aside = tuple(sorted(one.name for one in folder.glob("main.damaged-*.db")))
    try:
        with closing(connect(path.absolute().as_uri() + "?mode=ro")) as raw:
            found = _read(raw, folder, aside)
    except sqlite3.DatabaseError as fault:
        found = Diagnosis(str(folder), 0, damaged=str(fault), moved_aside=aside)
    said = asdict(found) | {"groups": found.groups, "advice": tuple(_advice(found, now))}
    return Diagnosis(**said)


def _read(raw: sqlite3.Connection, folder: Path, aside: tuple[str, ...]) -> Diagnosis:
    version = int(raw.execute("PRAGMA user_version").fetchone()[0])
    check = raw.execute("PRAGMA quick_check(1)").fetchone()[0]
    if version == 0 or version > MAIN_VERSION:
        return Diagnosis(str(folder), version, damaged="" if check == "ok" else check, moved_aside=aside)
    queued, held, tried, answered, attention, kept = raw.execute(
        """SELECT count(*) FILTER (WHERE state = 'queued'),
           count(*) FILTER (WHERE state = 'queued' AND held_until <> ''),
           count(*) FILTER (WHERE state = 'queued' AND tries > 0), count(*) FILTER (WHERE state = 'answered'),
           count(*) FILTER (WHERE state IN ('attention', 'rejected') AND dismissed_at IS NULL), count(*) FROM command"""
    ).fetchone()
    oldest = raw.execute("SELECT at FROM command WHERE state IN ('queued', 'answered') ORDER BY seq LIMIT 1").fetchone()
    return Diagnosis(
        str(folder), version, "" if check == "ok" else check, queued, held, tried, answered, attention, kept,
        oldest[0] if oldest else "", settings.get(raw, CONTACT_AT) or "", settings.number(raw, "offset_ms"),
        tuple(_groups(raw, folder)), aside,
    )  # fmt: skip


def _groups(raw: sqlite3.Connection, folder: Path) -> Iterator[GroupState]:
    files = caches.current(folder / MAIN)
    for group in Group:
        if group in files:
            if not (folder / files[group]).is_file():
                continue
            raw.execute(f"ATTACH ? AS {group.value}", ((folder / files[group]).absolute().as_uri() + "?mode=ro",))
        try:
            yield _group(raw, group)
        except sqlite3.OperationalError:  # made by an app that kept no sums yet
            yield GroupState(group.value, "", False, 0, "", 0, False)


def _group(raw: sqlite3.Connection, group: Group) -> GroupState:
    where = f"{sums.SCHEMAS[group]}.sync_cursor WHERE grp = ?"
    row = raw.execute(f"SELECT cursor IS NOT NULL, pulled_at FROM {where}", (group.value,)).fetchone() or (0, "")
    check, here = sums.check_of(raw, group), sum_of(sums.rows_of(raw, group))
    differ = check.sum is not None and check.sum != here
    return GroupState(group.value, row[1], bool(row[0]), here.rows, check.checked_at, check.doubt, differ)


def sentences(found: Diagnosis) -> Iterator[str]:
    """The same for people, without the advice."""
    if found.damaged:
        yield f"main.db is damaged: {found.damaged}."
    if found.moved_aside:
        yield f"A damaged main.db was moved aside and kept: {', '.join(found.moved_aside)}."
    if found.version == 0 or found.version > MAIN_VERSION:
        return
    yield (
        f"{found.queued} actions are not sent, {found.answered} are answered and wait for the feed to make them final, "
        f"{found.attention} need a person; {found.kept} are kept in all."
    )
    if found.oldest_at:
        yield f"The oldest that is not final was made at {found.oldest_at}."
    if found.held:
        yield f"{found.held} were set aside for a while, because each of them broke the connection or is too large."
    if found.tried:
        yield f"The core was offered {found.tried} of them and could not decide yet; it will be asked again."
    yield f"The core was last reached at {found.contact_at}." if found.contact_at else "The core was never reached."
    yield f"The device's clock is {found.clock_offset_ms / 1000:+.1f} s from the core's; nothing is ordered by it."
    for one in found.groups:
        checked = f"equal to the core's at {one.checked_at}" if one.checked_at else "not compared with the core's yet"
        stand = f"told at {one.pulled_at}" if one.is_known else "to be fetched anew"
        yield f"{one.group}: {one.rows} rows, {stand}, {checked}."


def _advice(found: Diagnosis, now: datetime) -> Iterator[str]:
    if found.damaged:
        yield "Start the app: it moves a damaged main.db aside and begins anew; keep that file for support."
    if found.version > MAIN_VERSION:
        yield "This main.db was written by a newer app: install that one. Nothing here has been touched."
    if found.moved_aside:
        yield "Pair the device again; support can read what was not sent from the file that was moved aside."
    if found.queued + found.answered and found.oldest_at:
        age = now - datetime.fromisoformat(found.oldest_at)
        if age > LONG_OFFLINE:
            yield "Bring the device into reach of the core: work has waited for more than eight hours."
    wrong_by = timedelta(milliseconds=abs(found.clock_offset_ms))
    if wrong_by > WRONG_CLOCK:
        way = "slow" if found.clock_offset_ms > 0 else "fast"
        yield f"Set the device's clock: it is {wrong_by / timedelta(minutes=1):.0f} minutes {way}."
    if found.held:
        yield "Tell head office: what breaks the connection goes to quarantine and is replayed when its cause is gone."
    if found.attention:
        yield "Open the inbox on the device: each action that needs attention names its reason and what can be done."
    for one in found.groups:
        if one.differ:
            yield f"{one.group}: rows were changed behind the app's back; the daily check repairs them."
        elif one.doubt >= sums.GIVEN_UP:
            yield f"{one.group}: even a whole new copy differed from the core's; have head office look at its alarm."
        elif one.doubt:
            yield f"{one.group}: rows differed from the core's; they are being fetched again."


def is_well(found: Diagnosis) -> bool:
    """Nothing has to be done by anybody."""
    return not found.advice
