"""What the feed says about this device's commands. Only here does a command become final.

A push answer is a badge. Where a pull that began after the answer ends without the verdict, the core has lost the
command (it was restored from a backup), and it is queued again.
"""

import sqlite3
from datetime import datetime, timedelta

from app.store import commands, settings
from app.store.codec import decode, encode
from core.contract import rules
from core.contract.rules import Key

KEPT = timedelta(days=30)
_DECIDED = """SELECT c.seq, d.body FROM command AS c JOIN document AS d ON d.entity = 'verdict' AND d.id = c.id
    WHERE c.state IN ('queued', 'answered')"""


def settle(raw: sqlite3.Connection, began_after: int) -> set[Key]:
    """After a merge, in its transaction: finishes what has a verdict now; the documents that are touched by that.

    `began_after`: highest `answer_mark` when the pull began.
    """
    decided = raw.execute(_DECIDED).fetchall()
    touched: set[Key] = set()
    mark = settings.add(raw, "final_mark", 1) if decided else 0
    for seq, body in decided:
        verdict = decode("verdict", body)
        raw.execute(
            "UPDATE command SET state = ?, code = ?, params = ?, decided_at = ? WHERE seq = ?",
            (verdict.verdict.value, verdict.code, encode(verdict.params), verdict.decided_at.isoformat(), seq),
        )
        touched.update(raw.execute("SELECT entity, id FROM touch WHERE seq = ?", (seq,)).fetchall())
        raw.execute("DELETE FROM touch WHERE seq = ?", (seq,))
        raw.execute("UPDATE stock_delta SET final_mark = ? WHERE seq = ?", (mark, seq))
    raw.execute("UPDATE command SET state = 'queued' WHERE state = 'answered' AND answer_mark <= ?", (began_after,))
    return touched


def offer_again(raw: sqlite3.Connection) -> int:
    """After a reset: every command that is kept is queued, final ones too; the core's own books decide.

    Their effects are in the old base, which stays visible and untouched until the new one is complete: nothing is
    folded before that. One that is built on a command which is not kept any more waits for none.
    """
    again = raw.execute(f"SELECT {commands.COLUMNS} FROM command WHERE state NOT IN ('queued', 'answered')").fetchall()
    raw.execute("UPDATE command SET prev = '' WHERE prev <> '' AND prev NOT IN (SELECT id FROM command)")
    for command in map(commands.from_row, again):
        keys = rules.touches(command.arguments)
        raw.executemany("INSERT OR IGNORE INTO touch VALUES (?, ?, ?)", [(*key, command.seq) for key in keys])
    raw.executemany("UPDATE command SET state = 'queued' WHERE seq = ?", [(row[0],) for row in again])
    raw.execute("UPDATE command SET state = 'queued' WHERE state = 'answered'")
    return len(again)


def new_base(raw: sqlite3.Connection) -> set[Key]:
    """A complete new base was merged: everything unfinished is folded on it, what was offered again included."""
    raw.execute(
        """UPDATE stock_delta SET final_mark = 0 WHERE final_mark > 0
           AND seq IN (SELECT seq FROM command WHERE state IN ('queued', 'answered'))"""
    )
    rows = raw.execute("SELECT entity, id FROM touch UNION SELECT entity, id FROM local_document").fetchall()
    return set(rows)


def forget_old(raw: sqlite3.Connection) -> None:
    """Commands final for 30 days that no person has to look at; never the last one, whose number counts on.

    Days of the core, not of this device's clock: its newest verdict says what day it is.
    """
    newest = raw.execute("SELECT max(decided_at) FROM command WHERE decided_at <> ''").fetchone()[0]
    if newest is not None:
        raw.execute(
            """DELETE FROM command WHERE decided_at <> '' AND decided_at < ? AND seq < (SELECT max(seq) FROM command)
               AND (state = 'accepted' OR (state IN ('attention', 'rejected') AND dismissed_at IS NOT NULL))""",
            ((datetime.fromisoformat(newest) - KEPT).isoformat(),),
        )
