"""What this device asked of the core about one thing, and what it was told: what changes no document here."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Connection

from app.store import commands
from app.store.database import driver
from core.contract.commands import Command

LOOKED_AT = 200  # newest commands of one name


@dataclass(frozen=True, slots=True)
class Ask:
    """`state`: "queued" | "answered" (the core has it, its verdict has not come down) | "accepted" | "attention" |
    "rejected"; `code` and `params` name the core's sentence, once it is decided."""

    command: Command
    state: str
    code: str
    params: Mapping[str, str | int]

    @property
    def open(self) -> bool:
        return self.state in ("queued", "answered")


def latest(connection: Connection, name: str, **about: Any) -> Ask | None:
    """The newest command of this name whose arguments have these values."""
    rows = driver(connection).execute(
        f"SELECT {commands.COLUMNS}, state, code, params FROM command WHERE name = ? ORDER BY seq DESC LIMIT ?",
        (name, LOOKED_AT),
    )
    for *row, state, code, params in rows.fetchall():
        command = commands.from_row(row)
        if all(getattr(command.arguments, field) == value for field, value in about.items()):
            return Ask(command, state, code, msgspec.json.decode(params, type=dict[str, str | int]))
    return None
