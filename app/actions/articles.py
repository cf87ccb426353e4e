"""What a scanned article is, when it is not the one that is wanted: people need its name, not its number."""

from dataclasses import dataclass
from typing import ClassVar

from sqlalchemy import Connection

from app.store import catalogue
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
    variant = found[0]
    label = " ".join(part for part in (variant.name, variant.colour, variant.size) if part)
    return WrongArticle(answer.scanned, label, answer.expected_sku, answer.expected_name)
