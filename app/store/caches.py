"""The cache files of stock and catalogue: which one counts, and what is done with others.

A file that was fetched gets a number of its own, and counts from the commit that writes its name into main.db. Whatever
else lies there was on its way when the process died, or has been replaced: it goes at the next start.
"""

import re
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from app.store import settings
from app.store.connecting import connect, engine_of, open_cache, with_journals
from app.store.migrations import create_cache, is_current_cache
from core.contract.cache_files import FORMAT, statements
from core.contract.sync import Group

FIRST: Mapping[Group, str] = {Group.STOCK: "stock.db", Group.CATALOGUE: "catalog.db"}
CACHES = tuple(FIRST)
_NAME = re.compile(r"(stock|catalog)(?:-(\d+))?\.db")
_SCHEMA = "SELECT type, name, tbl_name, sql FROM {schema}.sqlite_schema ORDER BY type, name"


def current(main: Path) -> dict[Group, str]:
    """Names of the files that count; those of a new device where main.db names none."""
    found = dict(FIRST)
    with closing(connect(main)) as raw:
        for group in CACHES:
            name = settings.get(raw, _setting(group)) or ""
            if _NAME.fullmatch(name):
                found[group] = name
    return found


def point(raw: sqlite3.Connection, group: Group, name: str) -> None:
    """From the commit of this transaction on main.db, the file of that name counts."""
    settings.put(raw, _setting(group), name)


def next_name(name: str) -> str:
    """A name that no file of the group has had since this one was made."""
    match = _NAME.fullmatch(name)
    if match is None:
        raise ValueError(name)
    return f"{match[1]}-{int(match[2] or 0) + 1}.db"


def sweep(folder: Path, counting: Mapping[Group, str]) -> None:
    """Removes cache files that do not count, and staged rows. Only while no connection is open."""
    kept = set(counting.values())
    for path in folder.glob("*.db"):
        if path.name.startswith("stage-") or (_NAME.fullmatch(path.name) and path.name not in kept):
            remove(path)


def remove(path: Path) -> None:
    """The file and its journals; one that another process holds (Windows) is left for the next start."""
    for each in with_journals(path):
        try:
            each.unlink(missing_ok=True)
        except PermissionError:
            pass


def prepare(path: Path, group: Group, thorough: bool) -> bool:
    """Makes what is missing in a file; False where it is damaged or of another version."""
    engine = engine_of(lambda: open_cache(path, group), "BEGIN IMMEDIATE")
    with engine.begin() as connection:
        if thorough and connection.exec_driver_sql(f"PRAGMA {group.value}.quick_check(1)").scalar_one() != "ok":
            return False
        if not is_current_cache(connection, group):
            return False
        create_cache(connection, group)
        return True


def flaw(path: Path, group: Group) -> str:
    """What is wrong with a file that came from elsewhere, "" for nothing. Nothing in it is run, nothing is written.

    Its pages are those that the core has looked through: the download has proven every byte (see docs/sync.md).
    """
    try:
        with closing(connect(path.absolute().as_uri() + "?mode=ro&immutable=1")) as raw:
            if raw.execute("PRAGMA user_version").fetchone()[0] != FORMAT:
                return "another format"
            return "" if raw.execute(_SCHEMA.format(schema="main")).fetchall() == _expected(group) else "another schema"
    except sqlite3.DatabaseError as fault:
        return str(fault)


def _expected(group: Group) -> list[tuple[str, ...]]:
    with closing(connect(":memory:")) as raw:
        for statement in statements(group, "main"):
            raw.execute(statement)
        return raw.execute(_SCHEMA.format(schema="main")).fetchall()


def _setting(group: Group) -> str:
    return f"file.{group.value}"
