"""What a store sells and takes back at its own counter, as its tills tell it: each line of a receipt counts once.

A sale is a fact: where the books say that fewer lay on the shelf, the books were wrong and are corrected first. What
was promised to orders and is sold over the counter is sourced elsewhere (`core.service.surplus`).
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from itertools import groupby
from typing import Any, Final

from sqlalchemy import Connection, select

from core.domain import stock as rules
from core.service import resourcing, surplus
from core.service.cause import Cause
from core.service.events import Happening, record
from core.service.refusal import Refusal, unknown
from core.service.stock import Delta, Movement, make_positions, move
from core.service.stock_effects import positions
from core.service.stock_notes import Note, note
from core.store import tables as t

MOST_LINES: Final = 500


class Condition(StrEnum):
    """Of units that came back."""

    SELLABLE = "sellable"
    DAMAGED = "damaged"  # on hand, not for sale, to be reviewed


@dataclass(frozen=True, slots=True)
class TillLine:
    """`receipt` and `line` name it in its location for good. `condition`: of a return; None: it was sold.

    `order_id`: the order that a returned article came from, where it is known.
    """

    location_id: str
    receipt: str
    line: str
    sku: str
    units: int
    at: datetime
    condition: Condition | None = None
    reason: str = ""
    order_id: str = ""

    @property
    def id(self) -> str:
        """Of its row in the ledger, which exists once."""
        kind = "sale" if self.condition is None else "return"
        told = f"{self.location_id}|{self.receipt}|{self.line}"
        return f"{kind}-" + hashlib.sha256(told.encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Refused:
    index: int
    refusal: Refusal


@dataclass(slots=True)
class Taken:
    """`known`: lines that had been told before, and did nothing. Refused lines do not keep others from counting."""

    taken: int = 0
    known: int = 0
    refused: list[Refused] = field(default_factory=list)


CHANGED: Final = Refusal(
    "receipt_line_changed", remedy="This line was told with other units before: send what changed as a line of its own."
)


def take(connection: Connection, cause: Cause, lines: Sequence[TillLine]) -> Taken:
    """Sales and returns, at most MOST_LINES. Orders that wait for what came back are served at once."""
    done = Taken()
    new = _new(connection, lines, done)
    for location_id, some in groupby(sorted(new, key=lambda line: line.location_id), lambda line: line.location_id):
        _take_at(connection, cause, location_id, list(some))
    done.taken = len(new)
    surplus.watch(connection, cause, {(line.location_id, line.sku) for line in new if line.condition is None})
    back = {line.sku for line in new if line.condition is Condition.SELLABLE}
    if back:
        resourcing.serve_waiting(connection, cause, back)
    return done


def _new(connection: Connection, lines: Sequence[TillLine], done: Taken) -> list[TillLine]:
    m = t.movements.c
    places = _existing(connection, t.locations.c.id, {line.location_id for line in lines})
    articles = _existing(connection, t.variants.c.id, {line.sku for line in lines})
    query = select(m.id, m.sku, m.on_hand).where(m.id.in_(sorted({line.id for line in lines})))
    told = {row.id: (row.sku, abs(row.on_hand)) for row in connection.execute(query)}
    found: list[TillLine] = []
    for index, line in enumerate(lines):
        if line.location_id not in places:
            done.refused.append(Refused(index, unknown("location", line.location_id)))
        elif line.sku not in articles:
            done.refused.append(Refused(index, unknown("variant", line.sku)))
        elif line.id in told:
            if told[line.id] == (line.sku, line.units):
                done.known += 1
            else:
                done.refused.append(Refused(index, CHANGED))
        else:
            told[line.id] = (line.sku, line.units)
            found.append(line)
    return found


def _existing(connection: Connection, column: Any, ids: set[str]) -> set[str]:
    return set(connection.execute(select(column).where(column.in_(sorted(ids)))).scalars())


def _take_at(connection: Connection, cause: Cause, location_id: str, lines: list[TillLine]) -> None:
    skus = sorted({line.sku for line in lines})
    make_positions(connection, location_id, skus)
    now = dict(positions(connection, location_id, skus, lock=True))
    corrections: list[Movement] = []
    for line in lines:
        if line.condition is None:
            for correction in rules.sale_corrections(now[line.sku], line.units):
                now[line.sku] = rules.apply_movement(now[line.sku], correction)
                delta = Delta(correction.on_hand, unavailable=correction.unavailable)
                corrections.append(Movement(location_id, line.sku, correction.kind.value, delta, "found"))
        now[line.sku] = rules.apply_movement(now[line.sku], _moved(line))
    move(connection, cause, corrections)
    by_moment = sorted(lines, key=lambda line: (line.at, line.sku))
    for at, some in groupby(by_moment, lambda line: line.at):
        told = list(some)
        # The ledger is written in this order: each row under the id of its line.
        ids: Iterator[str] = iter([line.id for line in told])
        signed = replace(cause, at=at, new_id=lambda ids=ids: next(ids))  # type: ignore[misc]
        move(connection, signed, [_movement(line) for line in told])
    _tell(connection, cause, location_id, lines)


def _moved(line: TillLine) -> rules.Movement:
    if line.condition is None:
        return rules.Movement(rules.MovementKind.SALE, on_hand=-line.units)
    damaged = line.units if line.condition is Condition.DAMAGED else 0
    return rules.Movement(rules.MovementKind.RETURN, on_hand=line.units, unavailable=damaged)


def _movement(line: TillLine) -> Movement:
    moved = _moved(line)
    delta = Delta(moved.on_hand, unavailable=moved.unavailable)
    return Movement(line.location_id, line.sku, moved.kind.value, delta, line.reason or line.receipt, line.order_id)


def _tell(connection: Connection, cause: Cause, location_id: str, lines: Sequence[TillLine]) -> None:
    sold = [line for line in lines if line.condition is None]
    told = []
    if sold:
        data = {"receipts": len({line.receipt for line in sold}), "units": sum(line.units for line in sold)}
        told.append(Happening("StoreSold", "location", location_id, data=data))
    for line in lines:
        if line.condition is None:
            continue
        back: dict[str, Any] = {
            "sku": line.sku,
            "units": line.units,
            "receipt": line.receipt,
            "condition": line.condition.value,
        }
        told.append(Happening("StockReturned", "location", location_id, line.order_id, back, line.reason))
        if line.condition is Condition.DAMAGED:
            note(connection, cause, Note(location_id, line.sku, line.units, line.reason or "damaged", origin="return"))
    record(connection, cause, told)
