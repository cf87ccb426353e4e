"""Whether this device holds exactly the rows the core says it holds: a sum kept with the rows, compared at every pull.

Where it differs, the next pull asks for the ranges that differ, the one after that for everything; the core raises an
alarm at each. After that the device goes on with what it has, and tries again on another day.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from core.contract.sums import Sum, by_range, range_of, sum_of
from core.contract.sync import Commit, Group

SCHEMAS = {Group.MAIN: "main", Group.STOCK: "stock", Group.CATALOGUE: "catalogue"}
_ROWS = {
    Group.MAIN: "SELECT entity, id, ver FROM main.document",
    Group.STOCK: "SELECT 'position', sku, ver FROM stock.position",
    Group.CATALOGUE: "SELECT 'variant', sku, ver FROM catalogue.variant",
}
_TOLD = {
    Group.MAIN: """SELECT d.entity, d.id, d.ver FROM main.document AS d JOIN
        (SELECT entity, id FROM stage.document UNION SELECT entity, id FROM stage.deleted) USING (entity, id)""",
    Group.STOCK: """SELECT 'position', p.sku, p.ver FROM stage.position CROSS JOIN stock.position AS p USING (sku)
        UNION ALL SELECT 'position', p.sku, p.ver FROM stage.deleted AS x CROSS JOIN stock.position AS p
        ON p.sku = x.id WHERE NOT EXISTS (SELECT 1 FROM stage.position WHERE sku = x.id)""",
    Group.CATALOGUE: """SELECT 'variant', v.sku, v.ver FROM stage.variant CROSS JOIN catalogue.variant AS v USING (sku)
        UNION ALL SELECT 'variant', v.sku, v.ver FROM stage.deleted AS x CROSS JOIN catalogue.variant AS v
        ON v.sku = x.id WHERE NOT EXISTS (SELECT 1 FROM stage.variant WHERE sku = x.id)""",
}
_LYING = {
    Group.MAIN: """SELECT count(*) FROM stage.document AS s CROSS JOIN main.document AS d USING (entity, id)
        WHERE d.ver = s.ver""",
    Group.STOCK: """SELECT count(*) FROM stage.position AS s CROSS JOIN stock.position AS p USING (sku)
        WHERE p.ver = s.ver""",
    Group.CATALOGUE: """SELECT count(*) FROM stage.variant AS s CROSS JOIN catalogue.variant AS v USING (sku)
        WHERE v.ver = s.ver""",
}
CALM, RANGES_NEXT, ALL_NEXT, TELL_NEXT, GIVEN_UP = range(5)


@dataclass(frozen=True, slots=True)
class Check:
    """`sum`: None until the rows were counted. `doubt`: 0 none, 1 ranges are asked for, 2 everything, 3 and 4 no more.

    Times are ISO texts by the device's clock, "" for never: when the sum was last the core's, and last another.
    """

    sum: Sum | None = None
    doubt: int = CALM
    checked_at: str = ""
    differed_at: str = ""


def check_of(raw: sqlite3.Connection, group: Group) -> Check:
    query = f"SELECT rows, sum, doubt, checked_at, differed_at FROM {SCHEMAS[group]}.sync_check WHERE grp = ?"
    row = raw.execute(query, (group.value,)).fetchone()
    if row is None:
        return Check()
    return Check(None if row[0] is None else Sum(row[0], int(row[1])), *row[2:])


def rows_of(raw: sqlite3.Connection, group: Group) -> Iterator[tuple[str, str, int]]:
    """(entity, id, version) of every row that lies here."""
    return raw.execute(_ROWS[group])


def ranges_of(raw: sqlite3.Connection, group: Group) -> tuple[tuple[int, int], ...]:
    """As a pull in doubt tells them."""
    return tuple((one.rows, one.value) for one in by_range(rows_of(raw, group)))


def told(raw: sqlite3.Connection, group: Group) -> Sum:
    """Of the rows here that the staged ones replace or delete: before a merge what goes, after it what came."""
    return sum_of(raw.execute(_TOLD[group]))


def came(raw: sqlite3.Connection, group: Group, staged: Sum) -> Sum:
    """As `told` after a merge. `staged`: reckoned while the rows came, good where each of them lies here now."""
    lying = raw.execute(_LYING[group]).fetchone()[0]
    return staged if lying == staged.rows else told(raw, group)


def stage_missing(raw: sqlite3.Connection, group: Group, ranges: Iterable[int]) -> None:
    """What lies here in these ranges and did not come is gone, as if the stream had said so."""
    wanted = set(ranges)
    gone = [(entity, id) for entity, id, _ in rows_of(raw, group) if range_of(entity, id) in wanted]
    # Where a row is both deleted and put, it stays.
    raw.executemany("INSERT OR IGNORE INTO stage.deleted VALUES (?, ?)", gone)


def settle(raw: sqlite3.Connection, group: Group, here: Sum | None, commit: Commit, at: datetime) -> Check:
    """After a merge, in its transaction: keeps the sum and what it says. `here`: None counts all rows."""
    before = check_of(raw, group)
    mine = here or sum_of(rows_of(raw, group))
    now = at.isoformat()
    after = Check(mine, before.doubt, before.checked_at, before.differed_at)
    if commit.rows is not None and commit.sum is not None:
        equal = mine == Sum(commit.rows, commit.sum)
        doubt = CALM if equal else min(before.doubt + 1, GIVEN_UP)
        after = Check(mine, doubt, now if equal else before.checked_at, before.differed_at if equal else now)
    raw.execute(
        f"INSERT OR REPLACE INTO {SCHEMAS[group]}.sync_check VALUES (?, ?, ?, ?, ?, ?)",
        (group.value, mine.rows, str(mine.value), after.doubt, after.checked_at, after.differed_at),
    )
    return after


def doubt_more(raw: sqlite3.Connection, group: Group, before: int, at: datetime) -> int:
    """After `settle`: rows of the right versions say something else here. `before`: the doubt that asked for them."""
    doubt = min(before + 1, GIVEN_UP)
    raw.execute(
        f"UPDATE {SCHEMAS[group]}.sync_check SET doubt = ?, differed_at = ? WHERE grp = ?",
        (doubt, at.isoformat(), group.value),
    )
    return doubt


def forget(raw: sqlite3.Connection, group: Group) -> None:
    """The rows are counted at the next pull, and who gave up tries again."""
    raw.execute(
        f"UPDATE {SCHEMAS[group]}.sync_check SET rows = NULL, sum = NULL, doubt = ? WHERE grp = ? AND doubt IN (?, ?)",
        (CALM, group.value, CALM, GIVEN_UP),
    )
