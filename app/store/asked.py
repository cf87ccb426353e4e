"""What this device asked of the core, and what it was told: of things that no rule here decides."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from sqlalchemy import Connection

from app.store import commands
from app.store.database import driver
from core.contract.commands import Command

LATELY: Final = 5_000  # newest commands of any name


@dataclass(frozen=True, slots=True)
class Ask:
    """`state`: "queued" | "answered" (the core has it, its verdict has not come down) | "accepted" | "attention" |
    "rejected"; `code` and `params` name the core's sentence, once it is decided. `settled`: a person has dealt with it.
    """

    command: Command
    state: str
    code: str
    params: Mapping[str, str | int]
    settled: bool

    @property
    def open(self) -> bool:
        return self.state in ("queued", "answered")


def asks(connection: Connection, *names: str) -> list[Ask]:
    """Newest first, those of the last `LATELY` commands."""
    return list(_newest(connection, names, "AND seq > coalesce((SELECT max(seq) FROM command), 0) - ?", LATELY))


def latest(connection: Connection, name: str, **about: Any) -> Ask | None:
    """The newest command of this name whose arguments have these values, however old it is."""
    for ask in _newest(connection, (name,)):
        if all(getattr(ask.command.arguments, field) == value for field, value in about.items()):
            return ask
    return None


def _newest(connection: Connection, names: tuple[str, ...], among: str = "", *values: int) -> Iterator[Ask]:
    rows = driver(connection).execute(
        f"""SELECT {commands.COLUMNS}, state, code, params, dismissed_at FROM command
            WHERE name IN ({", ".join("?" * len(names))}) {among} ORDER BY seq DESC""",
        (*names, *values),
    )
    for *row, state, code, params, dismissed_at in rows:
        told = msgspec.json.decode(params, type=dict[str, str | int])
        yield Ask(commands.from_row(row), state, code, told, dismissed_at is not None)
