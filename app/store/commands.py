"""Outbox rows back into commands, as they were made."""

import sqlite3
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec

from core.contract.commands import COMMANDS, Command

COLUMNS = "seq, id, name, version, user_id, at, arguments, prev, offset_ms"
_ARGUMENTS = {name: msgspec.json.Decoder(kind.arguments) for name, kind in COMMANDS.items()}


def from_row(row: Iterable[Any]) -> Command:
    """`row`: the values of `COLUMNS`."""
    seq, command_id, name, version, user_id, at, arguments, prev, offset_ms = row
    return Command(
        id=command_id,
        seq=seq,
        name=name,
        version=version,
        user_id=user_id,
        at=datetime.fromisoformat(at),
        arguments=_ARGUMENTS[name].decode(arguments),
        prev=prev,
        offset_ms=offset_ms,
    )


def of_seqs(raw: sqlite3.Connection, seqs: Iterable[int]) -> list[Command]:
    """In the order they were made."""
    found: list[Command] = []
    for seq in sorted(seqs):
        found += map(from_row, raw.execute(f"SELECT {COLUMNS} FROM command WHERE seq = ?", (seq,)))
    return found
