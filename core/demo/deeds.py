"""What colleagues of the demo did already: commands carried out by the same rules and effects as those of a tablet."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection

from core.contract import rules
from core.contract.commands import COMMANDS, Arguments, Command
from core.service import effects
from core.service.cause import Cause
from core.service.effects import Applied
from core.store import documents


def carry_out(
    connection: Connection, arguments: Arguments, user_id: str, at: datetime, new_id: Callable[[], str]
) -> None:
    """In the open transaction, signed with the user, at the location of the work."""
    name = type(arguments).__name__
    command = Command(new_id(), 0, name, COMMANDS[name].version, user_id, at, arguments)
    found = documents.load(connection, rules.touches(arguments), lock=True)
    found |= documents.load(connection, rules.follows(arguments, found), lock=True)
    changed, outcome = rules.apply(found, command)
    for key in sorted(changed):
        documents.save(connection, found.get(key), changed[key])
    places = [document.location_id for document in changed.values()]
    cause = Cause(at, at, new_id, user_id, "", places[0] if places else "", command.id)
    effects.after(connection, Applied(command, found, changed, outcome), cause)
