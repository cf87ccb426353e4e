"""Commands as they come: read into the contract's dataclasses, or kept unread for a person. Never half understood."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson
from pydantic import TypeAdapter, ValidationError

from core.contract.commands import COMMANDS, Command

LONGEST_ID = 64
LARGEST_INTEGER = 2**31 - 1
UNSUPPORTED, MALFORMED = "unsupported_command", "malformed"


class EnvelopeInvalid(ValueError):
    """Not even the id of the command can be read: there is nothing to answer to."""


@dataclass(frozen=True, slots=True)
class Unread:
    """A command this core does not know (`unsupported_command`), or whose values are no such command (`malformed`)."""

    id: str
    seq: int
    code: str
    raw: Mapping[str, Any]
    detail: str = ""


def read(raw: Any) -> Command | Unread:
    """One command of a push body. Raises EnvelopeInvalid."""
    if not isinstance(raw, Mapping):
        raise EnvelopeInvalid("a command is an object")
    id, seq = raw.get("id"), raw.get("seq")
    if not isinstance(id, str) or not 0 < len(id) <= LONGEST_ID or not id.isascii() or not id.isprintable():
        raise EnvelopeInvalid("a command has an id of 1 to 64 characters")
    if type(seq) is not int or not 0 <= seq < 2**53:
        raise EnvelopeInvalid("a command has a sequence number")
    if _is_too_deep(raw):
        # What cannot be written down again can be neither compared nor kept: only who it was is.
        return Unread(id, seq, MALFORMED, {"id": id, "seq": seq}, "nested too deeply")
    known = COMMANDS.get(raw["name"]) if isinstance(raw.get("name"), str) else None
    if known is None or raw.get("version") != known.version:
        return Unread(id, seq, UNSUPPORTED, raw)
    try:
        return _command(raw)
    except ValidationError as fault:
        return Unread(id, seq, MALFORMED, raw, _told(fault)[:500])
    except (ValueError, OverflowError) as fault:
        return Unread(id, seq, MALFORMED, raw, str(fault)[:500])


def _told(fault: ValidationError) -> str:
    """Which values are wrong, not what they are: it may be a customer's name."""
    errors = fault.errors(include_url=False, include_input=False)
    return "; ".join(f"{'.'.join(map(str, error['loc']))}: {error['msg']}" for error in errors)


def _command(raw: Mapping[str, Any]) -> Command:
    if not isinstance(raw.get("at"), str):
        raise ValueError("`at` is a text")
    at = _TIME.validate_python(raw["at"])
    if at.tzinfo is None:
        raise ValueError("`at` has no zone")
    # Strict as JSON: "1" and true are no quantities, while a text is a date or an enumeration.
    read_arguments = _ARGUMENTS[raw["name"]].validate_json(orjson.dumps(raw.get("arguments")), strict=True)
    _check_sizes(read_arguments)
    user_id, prev, offset_ms = raw.get("user_id", ""), raw.get("prev") or "", raw.get("offset_ms") or 0
    if not isinstance(user_id, str) or not isinstance(prev, str) or type(offset_ms) is not int:
        raise ValueError("`user_id` and `prev` are texts, `offset_ms` is an integer")
    return Command(
        raw["id"], raw["seq"], raw["name"], raw["version"], user_id, at.astimezone(UTC), read_arguments, prev, offset_ms
    )


def _is_too_deep(raw: Mapping[str, Any]) -> bool:
    try:
        orjson.dumps(dict(raw))
    except orjson.JSONEncodeError:
        return True
    return False


_TIME: TypeAdapter[datetime] = TypeAdapter(datetime)
_ARGUMENTS: dict[str, TypeAdapter[Any]] = {name: TypeAdapter(known.arguments) for name, known in COMMANDS.items()}


def _check_sizes(arguments: Any) -> None:
    for name in arguments.__dataclass_fields__:
        value = getattr(arguments, name)
        if isinstance(value, int) and abs(value) > LARGEST_INTEGER:
            raise ValueError(f"`{name}` is too large")


def digest(command: Command | Unread) -> str:
    """Of everything that may never change under one id; `prev` and `offset_ms` are measured anew at each sending."""
    if isinstance(command, Command):
        fixed: Any = [command.name, command.version, command.user_id, command.at, command.seq, command.arguments]
    else:
        fixed = {key: value for key, value in command.raw.items() if key not in ("prev", "offset_ms")}
    return hashlib.sha256(orjson.dumps(fixed, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS)).hexdigest()


def as_json(command: Command | Unread) -> dict[str, Any]:
    """The command as it travels."""
    found: dict[str, Any] = orjson.loads(orjson.dumps(command if isinstance(command, Command) else dict(command.raw)))
    return found
