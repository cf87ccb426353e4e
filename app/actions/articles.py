"""What a scanned article is, when it is not the one that is wanted: people need its name, not its number."""

from dataclasses import dataclass
from typing import ClassVar

from sqlalchemy import Connection

from app.store import catalogue
from core.contract.reference import Variant
from core.domain.barcodes import Gtin, normalise
from core.domain.outcome import Outcome, Verdict
from core.domain.process import Process
from core.domain.scan_notes import store_code
from core.domain.scanning import WrongItem
from core.domain.store_codes import without_measure


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
    expected_name: str = ""


def name(connection: Connection, answer: WrongItem, process: Process | None = None) -> WrongArticle | UnknownArticle:
    """`process`: where the house prints codes of its own, whose article is kept under another number."""
    found = catalogue.by_gtin(connection, answer.scanned) or _of_the_house(connection, answer.scanned, process)
    expected = catalogue.by_sku(connection, answer.expected_sku) if answer.expected_sku else None
    wanted = _label(expected) if expected and answer.expected_name else answer.expected_name
    if not found:
        return UnknownArticle(answer.scanned.lstrip("0"), wanted)
    return WrongArticle(answer.scanned, _label(found[0]), answer.expected_sku, wanted)


def called(connection: Connection, text: str) -> str:
    """The name of the article that was scanned, "" where it is none."""
    code = normalise(text)
    found = catalogue.by_gtin(connection, code.value14) if isinstance(code, Gtin) else []
    return _label(found[0]) if found else ""


def _of_the_house(connection: Connection, number: str, process: Process | None) -> list[Variant]:
    code = normalise(number)
    said = store_code(code, process) if process else None
    if said is None or not isinstance(code, Gtin):
        return []
    named = catalogue.by_sku(connection, said.item) or catalogue.by_sku(connection, said.item.lstrip("0"))
    return [named] if named else catalogue.by_gtin(connection, without_measure(code, said).value14)


def _label(variant: Variant) -> str:
    """With colour and size: the wrong article is most often the right one in another size."""
    return " ".join(part for part in (variant.name, variant.colour, variant.size) if part)
