"""What customers fetch in Lille, one collection of every kind and state, for `pulled("collection", ...)`."""

from dataclasses import replace
from datetime import timedelta

from core.domain.collection import (
    Collection,
    CollectionKind,
    CollectionLine,
    CollectionPart,
    Handed,
    PartItem,
    Waiting,
)
from core.domain.fulfilment import Fulfilment
from core.domain.lifecycle import CollectionState, FulfilmentState
from tests.support import store_world as world

NOW = world.NOW
UNTIL = NOW + timedelta(days=6, hours=14)  # Sunday at midnight on the store's clock
CODES = {"c1": "400112345678", "c2": "400112345679", "c6": "400112345683"}
_NAMES = {"AL-1001": ("Linen shirt Camille", "Ecru", "M"), "AL-1003": ("Straight jeans Rive", "Dark blue", "32"),
          "AL-1005": ("Raffia bag Soleil", "Sand", ""), "NO-2002": ("Stoneware mug Kyst", "Sage", "")}  # fmt: skip


def collection(number: int, wanted: dict[str, int], **changes: object) -> Collection:
    """`c{number}`, short id `W{number:02}`, of order `o90{number}`, with a line `l{number}-{sku}` for each SKU."""
    id = f"c{number}"
    lines = tuple(
        CollectionLine(f"l{number}-{sku}", sku, units, *_NAMES[sku], gtins=(world.gtin(sku),), unit_price_minor=4990)
        for sku, units in wanted.items()
    )
    names = ("Claire Dubois", "Maximilian von Hohenberg-Wittgenstein", "Inès Benali", "Jo Li")
    plain = Collection(
        id, f"FR-9000{number}", f"W{number:02}", f"o90{number}", "alba", world.STORE_ID, CollectionKind.COLLECT,
        names[number % 4], NOW - timedelta(hours=5), NOW + timedelta(hours=number), lines,
        pick_up_code=CODES.get(id, f"4001999999{number:02}"), phone="+33 6 00 00 00 00", email="someone@example.org",
    )  # fmt: skip
    return replace(plain, **changes)  # type: ignore[arg-type]


def own(made: Collection, work_id: str, shelf: str = "") -> Collection:
    """With its articles from this store's shelves, prepared by this fulfilment."""
    items = tuple(PartItem(line.id, line.quantity) for line in made.lines)
    at = NOW - timedelta(hours=1) if shelf else None
    return replace(made, parts=(*made.parts, CollectionPart(work_id, work_id, items, arrived_at=at, shelf=shelf)))


def sent(made: Collection, serial: int, arrived: bool = False, shelf: str = "") -> Collection:
    """With a parcel from Lyon that has everything in it."""
    items = tuple(PartItem(line.id, line.quantity) for line in made.lines)
    at = NOW - timedelta(minutes=30) if arrived or shelf else None
    part = CollectionPart(
        f"p{serial}", f"far{serial}", items, f"p{serial}", world.sscc(serial), f"CH{serial:06}FR", "Lyon Part-Dieu", at,
        shelf,
    )  # fmt: skip
    return replace(made, parts=(*made.parts, part))


def ready(made: Collection, **changes: object) -> Collection:
    at = NOW - timedelta(hours=20)
    return replace(made, state=CollectionState.READY, ready_at=at, pick_up_by=UNTIL, **changes)  # type: ignore[arg-type]


def work(number: int, of: Collection, state: FulfilmentState = FulfilmentState.PICKED) -> Fulfilment:
    """The fulfilment `f{number}` that prepares the collection, picked; of the lines of the collection's order."""
    made = world.order(number, {line.sku: line.quantity for line in of.lines}, timedelta(hours=2), carrier="")
    lines = tuple(
        replace(line, order_line_id=wanted.id, picked=wanted.quantity)
        for line, wanted in zip(made.lines, of.lines, strict=True)
    )
    return replace(made, order_id=of.order_id, lines=lines, state=state)


def everything() -> tuple[Collection, ...]:
    """See the words beside them."""
    waiting = Waiting(NOW - timedelta(minutes=6), "bay 3")
    expired = replace(ready(own(collection(6, {"AL-1005": 1}), "f96", "C-04")), state=CollectionState.EXPIRED)
    handed = Handed("h7", NOW - timedelta(minutes=50), "bruno", "Léa Martin")
    done = collection(7, {"AL-1001": 1}, state=CollectionState.COLLECTED, handed=handed)
    return (
        ready(own(collection(1, {"AL-1001": 1, "AL-1003": 2}), "f91", "C-01")),
        ready(own(collection(2, {"AL-1005": 2}, kind=CollectionKind.RESERVATION, due_minor=9980, waiting=waiting),
                  "f92", "C-02")),
        own(collection(3, {"AL-1001": 1}), "f93"),  # picked, to be put away
        sent(collection(4, {"AL-1003": 1}, kind=CollectionKind.SHIP_TO_STORE), 41),  # on its way
        replace(sent(collection(5, {"NO-2002": 3}, kind=CollectionKind.SHIP_TO_STORE, division_id="nordlys"), 51, True),
                state=CollectionState.ARRIVED),  # of the other brand, here
        replace(expired, pick_up_by=NOW - timedelta(hours=10)),
        replace(done, lines=tuple(replace(line, handed=1) for line in done.lines)),
        replace(sent(collection(8, {"AL-1005": 1}, kind=CollectionKind.LOCKER), 81, True),
                state=CollectionState.ARRIVED),
    )  # fmt: skip


def works() -> tuple[Fulfilment, ...]:
    known = {one.id: one for one in everything()}
    return tuple(work(90 + number, known[f"c{number}"]) for number in (1, 2, 3, 6))
