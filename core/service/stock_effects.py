"""What a fact about a fulfilment does to the stock: the difference between what it held before and what it holds after.

Derived from the documents and not from the command, so that the buckets of a position always equal the sum of what the
fulfilments hold, in whatever order facts arrive: `reserved` what is still owed to orders, `picked` what left the shelf
and not the store. What a short pick says about the rest of the shelf comes from its reason.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from sqlalchemy import Connection, select

from core.contract.reference import StockEffect, StockTarget
from core.domain.fulfilment import CLOSED_STATES, Fulfilment, Line, handed_over_by_line
from core.service.cause import Cause
from core.service.stock import Delta, Movement, move
from core.store import tables as t


@dataclass(frozen=True, slots=True)
class Holding:
    """Units of one fulfilment line, as its position counts them."""

    reserved: int = 0
    picked: int = 0
    shipped: int = 0


@dataclass(frozen=True, slots=True)
class ShortRule:
    effect: StockEffect
    target: StockTarget


def holding(fulfilment: Fulfilment, line: Line, shipped: int) -> Holding:
    """`shipped`: units of the line that the carrier has."""
    owed = 0 if fulfilment.state in CLOSED_STATES else max(0, line.wanted - shipped)
    return Holding(owed, max(0, line.held - shipped), shipped)


def apply_to_stock(connection: Connection, cause: Cause, before: Fulfilment | None, after: Fulfilment) -> None:
    """Moves the stock of the fulfilment's location and writes the ledger, in the transaction that saved `after`."""
    movements = list(differences(before, after))
    if not movements:
        return
    shorts = [m for m in movements if m.kind == "short"]
    move(connection, cause, movements)
    if shorts:
        move(connection, cause, corrections(connection, shorts))
    move(connection, cause, found_again(connection, after.location_id, {m.sku for m in movements}))


def differences(before: Fulfilment | None, after: Fulfilment) -> Iterator[Movement]:
    """One movement per line whose holding changed."""
    known = {line.id: line for line in before.lines} if before else {}
    shipped_before = handed_over_by_line(before) if before else {}
    shipped_after = handed_over_by_line(after)
    for line in after.lines:
        old_line = known.get(line.id)
        old = holding(before, old_line, shipped_before.get(line.id, 0)) if before and old_line else Holding()
        new = holding(after, line, shipped_after.get(line.id, 0))
        delta = Delta(old.shipped - new.shipped, new.reserved - old.reserved, new.picked - old.picked)
        shorted = line.short > (old_line.short if old_line else 0)
        if delta or shorted:
            yield Movement(
                location_id=after.location_id,
                sku=line.sku,
                kind=_kind(delta, shorted),
                delta=delta,
                reason=line.short_reason if shorted else "",
                order_id=after.order_id,
                fulfilment_id=after.id,
            )


def _kind(delta: Delta, shorted: bool) -> str:
    if shorted:
        return "short"
    if delta.on_hand:
        return "ship" if delta.on_hand < 0 else "unship"
    if delta.picked:
        return "pick" if delta.picked > 0 else "put_back"
    return "reserve" if delta.reserved > 0 else "cancel"


def corrections(connection: Connection, shorts: Iterable[Movement]) -> Iterator[Movement]:
    """What the reasons of short picks say about the shelf."""
    rules = _rules(connection)
    for short in shorts:
        rule = rules.get(short.reason)
        if rule is None or rule.effect is StockEffect.NONE:
            continue
        p = t.positions.c
        query = select(p.on_hand, p.picked, p.unavailable).where(p.location_id == short.location_id, p.sku == short.sku)
        position = connection.execute(query.with_for_update()).one()
        shelf = max(0, position.on_hand - position.picked)
        units = shelf if rule.effect is StockEffect.ZERO else min(shelf, -short.delta.reserved)
        if rule.target is StockTarget.ON_HAND:
            delta = Delta(on_hand=-units)
        elif rule.effect is StockEffect.ZERO:
            delta = Delta(unavailable=max(0, shelf - position.unavailable))
        else:
            delta = Delta(unavailable=min(units, max(0, shelf - position.unavailable)))
        yield replace(short, kind="correct", delta=delta)


def found_again(connection: Connection, location_id: str, skus: Iterable[str]) -> list[Movement]:
    """Units declared unavailable that cannot be on the shelf any more, because somebody found and took them."""
    p = t.positions.c
    query = select(p.sku, p.on_hand, p.picked, p.unavailable).where(
        p.location_id == location_id, p.sku.in_(sorted(skus)), p.unavailable > 0, p.unavailable > p.on_hand - p.picked
    )
    return [
        Movement(location_id, row.sku, "found", Delta(unavailable=max(0, row.on_hand - row.picked) - row.unavailable))
        for row in connection.execute(query)
    ]


def _rules(connection: Connection) -> Mapping[str, ShortRule]:
    rows = connection.execute(select(t.reasons.c.id, t.reasons.c.effect, t.reasons.c.target))
    return {row.id: ShortRule(StockEffect(row.effect), StockTarget(row.target)) for row in rows}
