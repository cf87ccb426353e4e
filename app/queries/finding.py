"""What somebody means who says a short id, types an order number or scans a parcel, an order or a run."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, Literal

from app.store import catalogue, documents
from app.store.database import Database
from core.contract.rules import Document
from core.domain.barcodes import Code, Gtin, OwnCode, PlainCode, ShelfCode, Sscc, Unreadable, normalise, scanned_text
from core.domain.collection import Collection
from core.domain.fulfilment import Fulfilment
from core.domain.handover import Manifest
from core.domain.outcome import Outcome, Verdict
from core.domain.runs import PickRun
from core.domain.scanning import UnreadableCode


@dataclass(frozen=True, slots=True)
class Found:
    kind: Literal["fulfilment", "run", "manifest", "collection"]
    id: str
    number: str


@dataclass(frozen=True, slots=True)
class WorkNotFound(Outcome):
    """No work of this store is called so."""

    code: ClassVar[str] = "work_not_found"
    verdict: ClassVar[Verdict] = Verdict.REJECTED
    scanned: str


def find(database: Database, text: str) -> tuple[Found, ...]:
    """Work of this store that is called so; several where an order number has several parts. Small letters will do."""
    names = _names(normalise(text), text)
    with database.read() as connection:
        found = [document for name in names for document in documents.by_code(connection, name)]
    views = [view(document) for document in found]
    return tuple(dict.fromkeys(views))


def is_called(wanted: str, names: Iterable[str]) -> bool:
    """Whether it is part of one of them, typed without capitals and accents too, as the search for articles has it."""
    folded = _folded(wanted.strip())
    return any(folded in _folded(name) for name in names)


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in plain if not unicodedata.combining(char))


def nothing_called(database: Database, text: str) -> WorkNotFound | UnreadableCode:
    """Why a scan led to no work: an article by its name, a code of ours by what it holds, or why it says nothing."""
    code = normalise(text)
    if isinstance(code, Unreadable) and code.reason_code.startswith("own_"):
        return UnreadableCode(code.reason_code, code.text)
    with database.read() as connection:
        article = next(iter(catalogue.by_gtin(connection, code.value14)), None) if isinstance(code, Gtin) else None
    return WorkNotFound(article.name if article else _said(code, text))


def _said(code: Code, text: str) -> str:
    return (scanned_text(code) if isinstance(code, OwnCode | ShelfCode) else text.strip())[:40]


def view(document: Document) -> Found:
    match document:
        case Fulfilment():
            return Found("fulfilment", document.id, document.number)
        case PickRun():
            return Found("run", document.id, document.number)
        case Manifest():
            return Found("manifest", document.id, document.carrier)
        case Collection():
            return Found("collection", document.id, document.number)


def _names(code: Code, text: str) -> tuple[str, ...]:
    match code:
        case OwnCode(kind="parcel" | "pickup" | "receipt" | "run", value=value):
            return (value,)
        case Sscc(value18=value):
            return (value,)
        case PlainCode(text=plain):
            # A pick-up code is read out, and typed, in groups of digits.
            spoken = "".join(plain.split())
            names = (plain, plain.upper(), *([spoken] if spoken.isdigit() else []))
            return tuple(dict.fromkeys(names))
        case Gtin() | Unreadable(reason_code="check_digit"):
            # A tracking number or a pick-up code may look like an article, or like a misread one.
            return ("".join(text.split()),)
        case _:
            return ()
