"""Units that one desk put back and another gave to the customer: the books follow the customer, and somebody counts.

What was the store's own left with its fulfilment already, as in every handover. What had come in parcels, and was taken
into the books when it was put back, leaves them here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from core.contract.rules import Documents
from core.domain import stock as rules
from core.domain.collecting import given_after_all, parcels_put_back_and_given
from core.domain.collection import Collection
from core.domain.fulfilment import Fulfilment
from core.service import holds, surplus
from core.service.cause import Cause
from core.service.events import Happening, record
from core.service.stock import Delta, Movement, make_positions, move
from core.service.stock_effects import positions

COUNT: Final = "count"  # kind of a task: of the shelves
REASON: Final = "given_after_put_back"


@dataclass(frozen=True, slots=True)
class Told:
    """A collection and the store's own work for it."""

    collection: Collection
    works: Mapping[str, Fulfilment]


def told(collection: Collection, documents: Documents) -> Told:
    return Told(collection, {one.id: one for one in documents.values() if isinstance(one, Fulfilment)})


def follow(connection: Connection, cause: Cause, before: Told, after: Told) -> None:
    """After a handover whose own goods have left the books."""
    beyond = given_after_all(before.collection, after.collection)
    if not beyond:
        return
    new, parcels = after.collection, _from_parcels(before, after)
    skus = {line.id: line.sku for line in new.lines}
    doubtful = _own(before, after)
    for line_id, units in parcels.items():
        doubtful[line_id] = doubtful.get(line_id, 0) + units
        _take_out(connection, cause, new, (skus[line_id], units))
    about = {"number": new.number, "short_id": new.short_id, "location_id": new.location_id}
    happened = [
        Happening("StockInDoubt", "collection", new.id, new.order_id, about | {"sku": skus[id], "units": units}, REASON)
        for id, units in sorted(doubtful.items())
    ]
    record(connection, cause, happened)
    if happened:
        holds.open_task(connection, cause, new.order_id, REASON, COUNT)
    surplus.watch(connection, cause, {(new.location_id, skus[line_id]) for line_id in beyond})


def _from_parcels(before: Told, after: Told) -> dict[str, int]:
    """By line."""
    was = parcels_put_back_and_given(before.collection, before.works)
    now = parcels_put_back_and_given(after.collection, after.works)
    return {line_id: more for line_id, units in now.items() if (more := units - was.get(line_id, 0)) > 0}


def _own(before: Told, after: Told) -> dict[str, int]:
    """By order line: in nobody's hands any more, because they had been put back, when they were given."""
    units: dict[str, int] = {}
    for id, work in after.works.items():
        for line in work.lines:
            was = before.works[id].line(line.id)
            if was is not None and (given := min(line.picked - was.picked, was.put_back)):
                units[line.order_line_id] = units.get(line.order_line_id, 0) + given
    return units


def _take_out(connection: Connection, cause: Cause, new: Collection, what: tuple[str, int]) -> None:
    """Never below nothing: what is not in the books any more was sold or counted meanwhile."""
    sku, units = what
    make_positions(connection, new.location_id, [sku])
    position = positions(connection, new.location_id, [sku], lock=True)[sku]
    found = rules.sale_corrections(position, units)
    deltas = [Delta(one.on_hand, unavailable=one.unavailable) for one in found]
    kind, of = rules.MovementKind.CORRECTION.value, (new.order_id, "", new.division_id)
    first = [Movement(new.location_id, sku, kind, delta, "found", *of) for delta in deltas]
    move(connection, cause, [*first, Movement(new.location_id, sku, kind, Delta(on_hand=-units), REASON, *of)])
