"""What a scanned article is, when it is not the one that is wanted: people need its name, not its number."""

from dataclasses import dataclass
from typing import ClassVar

from sqlalchemy import Connection

from app.store import catalogue
from core.contract.reference import Variant
from core.domain.outcome import Outcome, Verdict
from core.domain.scanning import WrongItem


@dataclass(frozen=True, slots=True)
class WrongArticle(Outcome):
    code: ClassVar[str] = "wrong_item"
    verdict: ClassVar[Verdict] = Verdict.REJECTED
    scanned: str
    scanned_name: str
    expected_sku: str
    expected_name: str


@dataclass(frozen=True, slots=True)
class UnknownArticle(Outcome):
    """A good article number that no article of this store has."""

    code: ClassVar[str] = "unknown_code"
    verdict: ClassVar[Verdict] = Verdict.REJECTED
    scanned: str


def name(connection: Connection, answer: WrongItem) -> WrongArticle | UnknownArticle:
    found = catalogue.by_gtin(connection, answer.scanned)
    if not found:
        return UnknownArticle(answer.scanned.lstrip("0"))
    expected = catalogue.by_sku(connection, answer.expected_sku) if answer.expected_sku else None
    wanted = _label(expected) if expected and answer.expected_name else answer.expected_name
    return WrongArticle(answer.scanned, _label(found[0]), answer.expected_sku, wanted)


def _label(variant: Variant) -> str:
    """With colour and size: the wrong article is most often the right one in another size."""
    return " ".join(part for part in (variant.name, variant.colour, variant.size) if part)
