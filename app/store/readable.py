"""The core's parameters as people say them: a colleague by name, a moment on the clock of the store."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from app.store import references


def params(connection: Connection, code: str, told: Mapping[str, str | int]) -> dict[str, str | int]:
    """Of an outcome or a verdict. `by` becomes a name, "" for who is not known here; `at` gets the store's offset."""
    known = dict(told)
    if code != "handed_over_twice":
        return known
    user = references.user(connection, str(known.get("by", "")))
    known["by"] = user.name if user else ""
    zones = {place.timezone for place in references.locations(connection)}
    if len(zones) == 1 and known.get("at"):
        known["at"] = datetime.fromisoformat(str(known["at"])).astimezone(ZoneInfo(zones.pop())).isoformat()
    return known
