"""Work and reference documents between JSON bytes and the dataclasses of core, as fast as a scan needs it."""

from functools import lru_cache
from typing import Any

import msgspec

from core.contract.offers import Offer
from core.contract.reference import Carrier, Division, Location, Packaging, Position, Reason, User, Variant
from core.contract.rules import Document
from core.contract.sync import VerdictDocument
from core.domain.collection import Collection
from core.domain.fulfilment import Fulfilment
from core.domain.handover import Manifest
from core.domain.runs import PickRun

WORK: dict[str, type[Any]] = {
    "fulfilment": Fulfilment,
    "run": PickRun,
    "manifest": Manifest,
    "collection": Collection,
}
REFERENCE: dict[str, type[Any]] = {
    "division": Division,
    "location": Location,
    "user": User,
    "reason": Reason,
    "carrier": Carrier,
    "packaging": Packaging,
    "offer": Offer,
    "verdict": VerdictDocument,
    "position": Position,
    "variant": Variant,
}
_DECODERS = {entity: msgspec.json.Decoder(kind) for entity, kind in (WORK | REFERENCE).items()}
_ENCODER = msgspec.json.Encoder()


def encode(value: Any) -> bytes:
    """JSON of a dataclass or of plain JSON values."""
    return _ENCODER.encode(value)


def decode(entity: str, body: bytes) -> Any:
    """The dataclass of the entity. Raises msgspec.ValidationError where the core sent something else."""
    return _DECODERS[entity].decode(body)


@lru_cache(maxsize=1024)
def decode_work(entity: str, body: bytes) -> Document:
    """Work documents are frozen through and through, so the same bytes may be the same object."""
    document: Document = _DECODERS[entity].decode(body)
    return document
