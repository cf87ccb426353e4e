"""What the core refused or flagged: it stays here until a person has dealt with it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection

from app.store import commands, outbox
from app.store.database import TEXTS, driver
from app.store.intents import Stamp
from app.store.texts import PLAIN, Texts
from core.contract.commands import Command
from core.domain.outcome import Outcome, Verdict


@dataclass(frozen=True, slots=True)
class Item:
    """`code` and `params` name the sentence, as an outcome's do. `verdict`: `attention` (it counts) or `rejected`."""

    command: Command
    verdict: Verdict
    code: str
    params: dict[str, str | int]
    decided_at: datetime


_COLUMNS = f"{commands.COLUMNS}, state, code, params, decided_at"
_OPEN = "state IN ('attention', 'rejected') AND dismissed_at IS NULL"


def items(connection: Connection, user_id: str | None = None) -> list[Item]:
    """Items not dealt with, oldest first; of one associate, or of all."""
    rows = driver(connection).execute(f"SELECT {_COLUMNS} FROM command WHERE {_OPEN} ORDER BY seq").fetchall()
    texts: Texts = connection.info.get(TEXTS) or PLAIN
    return [item for item in (_item(row, texts) for row in rows) if user_id in (None, item.command.user_id)]


def get(connection: Connection, command_id: str) -> Item | None:
    row = (
        driver(connection).execute(f"SELECT {_COLUMNS} FROM command WHERE id = ? AND {_OPEN}", (command_id,)).fetchone()
    )
    return _item(row, connection.info.get(TEXTS) or PLAIN) if row else None


def count(connection: Connection) -> int:
    return int(driver(connection).execute(f"SELECT count(*) FROM command WHERE {_OPEN}").fetchone()[0])


def dismiss(connection: Connection, command_id: str, by: str, note: str, at: datetime) -> bool:
    """A person has dealt with it. `by`: user id. False where there is no such open item."""
    cursor = driver(connection).execute(
        f"UPDATE command SET dismissed_at = ?, dismissed_by = ?, dismiss_note = ? WHERE id = ? AND {_OPEN}",
        (at.isoformat(), by, note, command_id),
    )
    return cursor.rowcount == 1


def retry(connection: Connection, command_id: str, stamp: Stamp) -> Outcome | None:
    """The same again as a new command, and the old item is done with. None where there is no such open item."""
    item = get(connection, command_id)
    if item is None:
        return None
    outcome = outbox.submit(connection, item.command.arguments, stamp)
    if outcome.verdict is not Verdict.REJECTED:
        dismiss(connection, command_id, stamp.user_id, "retry", stamp.at)
    return outcome


def _item(row: tuple[Any, ...], texts: Texts) -> Item:
    *command, state, code, params, decided_at = row
    return Item(
        command=commands.from_row(command),
        verdict=Verdict(state),
        code=code,
        params=texts.open_params(msgspec.json.decode(params, type=dict[str, str | int])),
        decided_at=datetime.fromisoformat(decided_at),
    )
