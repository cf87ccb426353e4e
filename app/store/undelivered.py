"""What this device did and the core has not decided, batch by batch, whatever state it waits in; or all that it did."""

from sqlalchemy import Connection

from app.store import commands
from app.store.database import TEXTS, driver
from app.store.texts import PLAIN, Texts
from core.contract.commands import Command
from core.contract.sync import MAX_PUSH_BYTES, MAX_PUSH_COMMANDS
from sync.codec import encode_command

_NEXT = f"""SELECT {commands.COLUMNS} FROM command WHERE (? OR state IN ('queued', 'answered')) AND seq > ?
    ORDER BY seq LIMIT ?"""
_ENVELOPE_BYTES = 64


def after(
    connection: Connection, seq: int, decided_too: bool = False, max_bytes: int = MAX_PUSH_BYTES
) -> tuple[Command, ...]:
    """The next ones in the order they were made, those on hold included; at least one while there are any."""
    texts: Texts = connection.info.get(TEXTS) or PLAIN
    batch: list[Command] = []
    size = _ENVELOPE_BYTES
    for row in driver(connection).execute(_NEXT, (decided_too, seq, MAX_PUSH_COMMANDS)):
        command = texts.open_command(commands.from_row(row))
        size += len(encode_command(command)) + 1
        if batch and size > max_bytes:
            break
        batch.append(command)
    return tuple(batch)
