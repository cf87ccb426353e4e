"""What is worth saying of a scanned label beside that its article counted: how much of it, and that it is too old."""

from dataclasses import dataclass, replace
from datetime import date
from typing import ClassVar, Protocol, TypeVar

from core.domain.barcodes import Code, Gtin, PlainCode, Unreadable, scanned_text
from core.domain.gs1 import day_of
from core.domain.outcome import Outcome, Verdict
from core.domain.process import Expired, Process
from core.domain.store_codes import Measured, is_of, measured


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted(Outcome):
    """`means`: "weight", "price" or "count" of `amount` grams, minor units or pieces, "" where the label tells none.
    `expired`: the day, as ISO date, "" where it is still good or tells none."""

    means: str = ""
    amount: int = 0
    expired: str = ""


@dataclass(frozen=True, slots=True)
class ArticleExpired(Outcome):
    """Nothing is counted: this store sends nothing that is too old. `expired`: ISO date."""

    code: ClassVar[str] = "article_expired"
    verdict: ClassVar[Verdict] = Verdict.REJECTED
    name: str
    expired: str


@dataclass(frozen=True, slots=True)
class PackedExpired(Outcome):
    """It is in the parcel, and too old: a person decides. `expired`: ISO date."""

    code: ClassVar[str] = "packed_expired"
    name: str
    expired: str


class Expected(Protocol):
    """What should have been scanned instead."""

    @property
    def sku(self) -> str: ...
    @property
    def name(self) -> str: ...


class Article(Protocol):
    """`gtins`: 14 digits each."""

    @property
    def sku(self) -> str: ...
    @property
    def gtins(self) -> tuple[str, ...]: ...


N = TypeVar("N", bound=Noted)


def store_code(code: Code, process: Process) -> Measured | None:
    """What a code of the house says by the rules of the division."""
    return measured(code, process.store_codes) if isinstance(code, Gtin) and process.store_codes else None


def is_of_article(article: Article, code: Code, process: Process | None) -> bool:
    """Whether a scanned code is of this article: by its number, or by a code of the house with any measure."""
    text = scanned_text(code)
    if isinstance(code, Gtin):
        said = store_code(code, process) if process else None
        return text in article.gtins or (said is not None and is_of(said, article.sku, article.gtins))
    # An in-house article number may look like a GTIN with a wrong check digit.
    return isinstance(code, (PlainCode, Unreadable)) and text != "" and text == article.sku


def units(code: Code, process: Process) -> int:
    """How many a scan stands for: one, but for a code of the house that says how many pieces are in the bundle."""
    said = store_code(code, process)
    return max(1, said.amount) if said is not None and said.means == "count" else 1


def expired_on(code: Code, today: date) -> date | None:
    """The day a label ran out, where it is over: its expiry (17), else its best before (15)."""
    if not isinstance(code, Gtin):
        return None
    for said in (code.details.expiry, code.details.best_before):
        day = day_of(said, today)
        if day is not None:
            return day if day < today else None
    return None


def refused(code: Code, name: str, process: Process, today: date) -> ArticleExpired | None:
    """What to answer before an article counts where the process sends nothing that is too old."""
    day = expired_on(code, today)
    return ArticleExpired(name, day.isoformat()) if day and process.expired is Expired.REFUSE else None


def noted(answer: N, code: Code, process: Process, today: date) -> N:
    """The answer with what this label says."""
    found, day = store_code(code, process), expired_on(code, today)
    means, amount = (found.means, found.amount) if found else ("", 0)
    if found is None and isinstance(code, Gtin) and code.details.weight_g:
        means, amount = "weight", code.details.weight_g
    if not means and day is None:
        return answer
    return replace(answer, means=means, amount=amount, expired=day.isoformat() if day else "")
