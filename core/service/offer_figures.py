"""How stores answer what they are offered: how often, what, and how fast; for head office, to judge the rules by."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from statistics import quantiles
from typing import Final

from sqlalchemy import Connection, select

from core.store import tables as t

MOST_COPIES: Final = 200_000
# A store that somebody beat to it, or whose offer was withdrawn, has said nothing.
ANSWERS: Final = {"won": "claimed", "released": "released", "declined": "declined", "no_answer": "no_answer"}


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one store. `asked`: also where others were faster. Seconds from being asked to claiming or declining."""

    location_id: str
    asked: int = 0
    claimed: int = 0
    released: int = 0
    declined: int = 0
    no_answer: int = 0
    lost: int = 0
    median_answer_s: int | None = None
    p90_answer_s: int | None = None


@dataclass(slots=True)
class _Count:
    asked: int = 0
    answers: dict[str, int] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)


def figures(connection: Connection, division_id: str, since: datetime, until: datetime) -> list[Figures]:
    """Of every store that was asked anything in this time, by id. `division_id` "": of all divisions."""
    c, o = t.offer_copies.c, t.offers.c
    query = select(c.location_id, c.answer, c.offered_at, c.answered_at, c.answered_by).where(
        c.offered_at >= since, c.offered_at < until
    )
    if division_id:
        query = query.join_from(t.offer_copies, t.offers, o.id == c.offer_id).where(o.division_id == division_id)
    counts: dict[str, _Count] = {}
    for row in connection.execute(query.order_by(c.offered_at.desc()).limit(MOST_COPIES)):
        count = counts.setdefault(row.location_id, _Count())
        count.asked += 1
        count.answers[row.answer] = count.answers.get(row.answer, 0) + 1
        # What the core claimed by itself is nobody's answer; when something was given back says when it was regretted.
        if row.answer in ("won", "declined") and row.answered_by:
            count.seconds.append((row.answered_at - row.offered_at).total_seconds())
    return [_figures(location_id, counts[location_id]) for location_id in sorted(counts)]


def _figures(location_id: str, count: _Count) -> Figures:
    said = {name: count.answers.get(answer, 0) for answer, name in ANSWERS.items()}
    median, p90 = _spread(count.seconds)
    return Figures(
        location_id, count.asked, **said, lost=count.answers.get("lost", 0), median_answer_s=median, p90_answer_s=p90
    )


def _spread(seconds: Sequence[float]) -> tuple[int | None, int | None]:
    if not seconds:
        return None, None
    tenths = quantiles([*seconds, *seconds] if len(seconds) == 1 else seconds, n=10, method="inclusive")
    return round(tenths[4]), round(tenths[8])
