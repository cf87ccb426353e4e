"""The core's parameters as people say them: a colleague by name, a moment on the clock of the store."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from app.store import references

MOMENTS: Final = {"handed_over_twice": "at", "extended_too_far": "latest"}  # code: the parameter that is a moment


def params(connection: Connection, code: str, told: Mapping[str, str | int]) -> dict[str, str | int]:
    """Of an outcome or a verdict. `by` becomes a name, "" for who is not known here; moments get the store's offset."""
    known, moment = dict(told), MOMENTS.get(code, "")
    if not moment:
        return known
    if "by" in known:
        user = references.user(connection, str(known["by"]))
        known["by"] = user.name if user else ""
    zones = {place.timezone for place in references.locations(connection)}
    if len(zones) == 1 and known.get(moment):
        known[moment] = datetime.fromisoformat(str(known[moment])).astimezone(ZoneInfo(zones.pop())).isoformat()
    return known
