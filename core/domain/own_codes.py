"""The QR codes we draw ourselves, `comptoir:<kind>:<value>`: each kind is made and read here, and nowhere else."""

import re
from typing import Final, Literal, get_args

OwnKind = Literal["enrol", "pickup", "parcel", "shelf", "receipt", "run"]
KINDS: Final[frozenset[str]] = frozenset(get_args(OwnKind))
PREFIX: Final = "comptoir:"

_PAYLOAD = re.compile(r"comptoir:([a-z][a-z0-9_-]{0,30}):([\x21-\x7e]{1,400})", re.IGNORECASE)


def payload(kind: OwnKind, value: str) -> str:
    """What the picture says. ValueError for a value that could not be read back: blank, not ASCII, too long."""
    made = f"{PREFIX}{kind}:{value}"
    if read(made) != (kind, value):
        raise ValueError(f"{value!r} cannot stand in a code of ours")
    return made


def receipt(order_number: str, collection_id: str) -> str:
    """What a receipt carries: the number of the order, or the id of what was fetched where a shop numbers its orders in
    a way that cannot stand in a code."""
    try:
        return payload("receipt", order_number)
    except ValueError:
        return payload("receipt", collection_id)


def is_ours(text: str) -> bool:
    return text[: len(PREFIX)].lower() == PREFIX


def read(text: str) -> tuple[str, str] | None:
    """(kind in small letters, value as it is). The kind may be a newer one than `KINDS` knows; None: broken."""
    found = _PAYLOAD.fullmatch(text)
    return (found.group(1).lower(), found.group(2)) if found else None
