"""The walk of each pick run on the screen, planned once and recounted with every scan, so that a scan costs little."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection

from app.store import documents, references, stock
from app.store.documents import Where
from core.domain.collecting import own_works
from core.domain.collection import Collection
from core.domain.fulfilment import Fulfilment
from core.domain.process import Process, resolve, understood
from core.domain.runs import PickRun
from core.domain.stops import Place, Stop, plan_stops, with_counts


@dataclass(frozen=True, slots=True)
class Walk:
    """`fulfilments`: those of the run that are known here, by id. `collected`: ids of the collections that some of them
    are for, by fulfilment id."""

    run: PickRun
    process: Process
    fulfilments: dict[str, Fulfilment]
    stops: tuple[Stop, ...]
    collected: Mapping[str, str] = field(default_factory=dict)


class Walks:
    """One per device. What is not a scan (a pull, a short pick, a put-back) calls `forget`."""

    def __init__(self) -> None:
        self._known: dict[str, Walk] = {}

    def get(self, connection: Connection, run_id: str) -> Walk | None:
        """None where this device does not know the run."""
        known = self._known.get(run_id)
        if known is None:
            known = plan(connection, run_id)
            if known is not None:
                self._known[run_id] = known
        return known

    def recount(self, run_id: str, fulfilment: Fulfilment) -> None:
        """After counts of one order changed."""
        known = self._known.get(run_id)
        if known is not None:
            orders = known.fulfilments | {fulfilment.id: fulfilment}
            self._known[run_id] = replace(known, fulfilments=orders, stops=with_counts(known.stops, fulfilment))

    def forget(self) -> None:
        self._known.clear()


def plan(connection: Connection, run_id: str) -> Walk | None:
    run = documents.get(connection, ("run", run_id))
    if not isinstance(run, PickRun):
        return None
    found = (documents.get(connection, ("fulfilment", i)) for i in (*run.fulfilment_ids, *run.left))
    orders = {document.id: document for document in found if isinstance(document, Fulfilment)}
    process = process_of(connection, run.location_id, next(iter(orders.values()), None))
    places = shelf_places(connection, orders.values())
    zones = references.location(connection, run.location_id).zones
    collected = {work: one for work, one in collections_by_work(connection).items() if work in orders}
    return Walk(run, process, orders, plan_stops(run, orders, places, zones, process), collected)


def collections_by_work(connection: Connection) -> dict[str, str]:
    """Id of the collection by id of the fulfilment that prepares it from this store's shelves."""
    found: list[Collection] = documents.all(connection, "collection", Where(is_open=True))
    return {work_id: one.id for one in found for work_id in own_works(one)}


def process_of(connection: Connection, location_id: str, work: Fulfilment | Collection | None) -> Process:
    """How this store works for the brand of `work`: the brand's settings, overridden by the store's own."""
    location = references.location(connection, location_id)
    division_id = work.division_id if work else next(iter(location.division_ids), "")
    brand = next((one for one in references.divisions(connection) if one.id == division_id), None)
    return resolve(understood(brand.process) if brand else {}, understood(location.process))


def shelf_places(connection: Connection, fulfilments: Iterable[Fulfilment]) -> dict[str, Place]:
    skus = sorted({line.sku for fulfilment in fulfilments for line in fulfilment.lines})
    found = stock.positions(connection, skus) if skus else {}
    return {sku: Place(p.zone, p.place, max(0, p.on_hand - p.picked)) for sku, p in found.items()}
