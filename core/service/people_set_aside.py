"""What a command that was set aside says of people: sealed where it lies, shown to nobody, forgotten in time.

It is needed for one thing alone, to play the command again: then its effects keep of it what they keep of any.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

import orjson
from sqlalchemy import Connection

from core.service.collections import known_document
from core.service.effects import OF_WHO_FETCHED
from core.service.sealing import seal, unseal

PERSONAL: Final = (*OF_WHO_FETCHED, "signature")
SEALED: Final = "sealed"  # where the payload keeps them, and what their fields read meanwhile


def sealed(connection: Connection, payload: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """The payload as it is kept: of a document only its kind."""
    arguments = _arguments(payload)
    if arguments.get("identity"):
        seen = str(arguments["identity"]).replace("\0", "")
        known = known_document(connection, str(arguments.get("collection_id")).replace("\0", ""), seen)
        payload = {**payload, "arguments": {**arguments, "identity": known}}
    personal = {name: value for name, value in _arguments(payload).items() if name in PERSONAL and value}
    kept = masked(payload)
    return kept | {SEALED: seal(connection, orjson.dumps(personal).decode(), at)} if personal else kept


def opened(connection: Connection, payload: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """As it came. Raises cryptography.fernet.InvalidToken where it was sealed under another key."""
    if SEALED not in payload:
        return dict(payload)
    personal = orjson.loads(unseal(connection, payload[SEALED], at))
    return _changed(payload, lambda name, value: personal.get(name, value))


def masked(payload: Mapping[str, Any]) -> dict[str, Any]:
    """As head office reads it: that there was a signature, not which."""
    return _changed(payload, lambda name, value: SEALED if value else value)


def forgotten(payload: Mapping[str, Any]) -> dict[str, Any]:
    return _changed(payload, lambda name, value: "" if value else value)


def _changed(payload: Mapping[str, Any], change: Callable[[str, Any], Any]) -> dict[str, Any]:
    rest = {name: value for name, value in payload.items() if name != SEALED}
    arguments = _arguments(payload)
    if not any(name in arguments for name in PERSONAL):
        return rest
    told = {name: change(name, value) if name in PERSONAL else value for name, value in arguments.items()}
    return rest | {"arguments": told}


def _arguments(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """Also of what could not be read: whatever it is then."""
    found = payload.get("arguments")
    return found if isinstance(found, Mapping) else {}
