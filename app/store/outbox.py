"""The outbox: a command and its effect on this device's documents are one commit; no command is lost or doubled.

Inside `with database.write() as connection:`; nothing may be shown as done before that block has ended.
"""

import sqlite3
from datetime import UTC

from sqlalchemy import Connection

from app.store import commands, documents, room
from app.store.codec import encode
from app.store.database import FOLDER, TEXTS, driver
from app.store.intents import AlreadySubmitted, Asked, Stamp
from app.store.texts import PLAIN, Texts
from core.contract import rules
from core.contract.commands import COMMANDS, Arguments, Command, Kind, PutBackItem, ScanItem
from core.contract.rules import Document, Key
from core.domain.fulfilment import Fulfilment
from core.domain.outcome import Outcome, Verdict

_INSERT = """INSERT INTO command (seq, id, intent, name, version, user_id, at, arguments, prev, offset_ms, state,
    answer_mark, tries, held_until, code, params, decided_at, dismissed_by, dismiss_note)
    SELECT coalesce((SELECT max(seq) FROM command), 0) + 1, ?, ?, ?, ?, ?, ?, ?, ?,
    coalesce((SELECT CAST(value AS INTEGER) FROM setting WHERE name = 'offset_ms'), 0),
    'queued', 0, 0, '', ?, '{}', '', '', '' WHERE true ON CONFLICT DO NOTHING RETURNING seq, offset_ms"""
_PREVIOUS = """SELECT t.seq, c.id FROM touch AS t JOIN command AS c ON c.seq = t.seq
    WHERE t.entity = ? AND t.id = ? ORDER BY t.seq DESC LIMIT 1"""


def submit(connection: Connection, arguments: Arguments, stamp: Stamp) -> Outcome:
    """Runs the rule on this device's documents, keeps its effect and queues the command.

    `AlreadySubmitted` where the intent made a command before. An outcome whose verdict is `rejected` queued nothing:
    a rule's, or that of `app.store.room`, which no fact meets.
    """
    raw = driver(connection)
    if COMMANDS[type(arguments).__name__].kind is not Kind.FACT:
        refused = room.refusal(raw, connection.info[FOLDER])
        if refused is not None:
            return refused
    texts: Texts = connection.info.get(TEXTS) or PLAIN
    arguments = texts.seal(arguments)
    kind = COMMANDS[type(arguments).__name__]
    keys = rules.touches(arguments)
    before = {key: document for key in keys if (document := documents.get_raw(raw, key)) is not None}
    command = Command(
        id=stamp.id,
        seq=0,
        name=kind.name,
        version=kind.version,
        user_id=stamp.user_id,
        at=stamp.at.astimezone(UTC),
        arguments=arguments,
    )
    alone = not keys and kind.kind is not Kind.FACT
    changed, outcome = ({}, Asked()) if alone else rules.apply(before, command)
    outcome = texts.open(outcome)
    if outcome.verdict is Verdict.REJECTED:
        return outcome
    seq = _insert(raw, command, stamp.intent, outcome.code)
    if seq is None:
        return AlreadySubmitted()
    for key, document in changed.items():
        documents.put_local(raw, key, document, fits=True)
        new_codes = documents.codes(document) - (documents.codes(before[key]) if key in before else set())
        if new_codes:
            documents.add_codes(raw, key, new_codes)
    _note_stock(raw, seq, arguments, before)
    return outcome


def waiting(connection: Connection) -> int:
    """Commands whose verdict has not come down the feed yet."""
    return room.waiting(driver(connection))


def unfinished(connection: Connection, limit: int) -> list[tuple[Command, bool]]:
    """The oldest commands without a final verdict, and whether the core has answered each of them already."""
    rows = driver(connection).execute(
        f"SELECT {commands.COLUMNS}, state FROM command WHERE state IN ('queued', 'answered') ORDER BY seq LIMIT ?",
        (limit,),
    )
    return [(commands.from_row(row), state == "answered") for *row, state in rows.fetchall()]


def unfinished_on(connection: Connection, key: Key) -> int:
    """Commands without a final verdict that touch this document."""
    row = driver(connection).execute(
        """SELECT count(*) FROM touch AS t JOIN command AS c ON c.seq = t.seq
           WHERE t.entity = ? AND t.id = ? AND c.state IN ('queued', 'answered')""",
        key,
    )
    return int(row.fetchone()[0])


def state_of(connection: Connection, command_id: str) -> str | None:
    """ "queued" | "answered" | "accepted" | "attention" | "rejected"; None for a command this device never made."""
    row = driver(connection).execute("SELECT state FROM command WHERE id = ?", (command_id,)).fetchone()
    return row[0] if row else None


def _insert(raw: sqlite3.Connection, command: Command, intent: str, code: str) -> int | None:
    """The command's number; None where the intent or the id is known already."""
    keys = rules.touches(command.arguments)
    known = [row for key in keys if (row := raw.execute(_PREVIOUS, key).fetchone()) is not None]
    row = raw.execute(
        _INSERT,
        (
            command.id,
            intent,
            command.name,
            command.version,
            command.user_id,
            command.at.isoformat(),
            encode(command.arguments),
            max(known)[1] if known else "",
            code,
        ),
    ).fetchone()
    if row is None:
        return None
    seq = int(row[0])
    raw.executemany("INSERT OR IGNORE INTO touch VALUES (?, ?, ?)", [(*key, seq) for key in keys])
    return seq


def _note_stock(raw: sqlite3.Connection, seq: int, arguments: Arguments, before: dict[Key, Document]) -> None:
    """See app.store.stock: what lies on the shelf is known before the stock feed tells it."""
    if not isinstance(arguments, ScanItem | PutBackItem):
        return
    fulfilment = before.get(("fulfilment", arguments.fulfilment_id))
    line = fulfilment.line(arguments.line_id) if isinstance(fulfilment, Fulfilment) else None
    if line is not None:
        units = arguments.quantity if isinstance(arguments, ScanItem) else -arguments.quantity
        raw.execute(
            "INSERT INTO stock_delta (seq, sku, picked, final_mark) VALUES (?, ?, ?, 0)", (seq, line.sku, units)
        )
