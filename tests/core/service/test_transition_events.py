"""Every transition of orders, fulfilments, lines, parcels and offers is one event: who, when, where and why."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from core.contract import commands as c
from core.domain.fulfilment import Fulfilment
from core.domain.lifecycle import ORDER, OrderState, ParcelState
from core.service import cancellation, claims, events, holds, offer_desk, offers, order_state, resourcing
from core.service.cause import Cause, id_maker, office_cause
from core.service.claims import Claimer
from core.service.order_state import TOLD
from core.service.stock import Delta, Movement, move
from core.store import documents
from core.store import tables as t
from core.store.database import Database
from tests.core.service.office import fulfilments_of, order_row, place, tell_in
from tests.core.service.shops import HALF_AN_HOUR, build_shops, copy_of, offered_order, offers_of
from tests.core.service.told import check_story
from tests.support.core import NOW, World, build_world, put, put_device, put_fulfilment
from tests.support.orders import packed


def as_received(order: Fulfilment) -> Fulfilment:
    return order


def handed_over(order: Fulfilment) -> Fulfilment:
    ready = packed(order)
    gone = replace(ready.parcels[0], state=ParcelState.HANDED_OVER)
    return replace(ready, parcels=(gone,), state=order.after("start").state)


def one_of_two(order: Fulfilment) -> Fulfilment:
    gone = handed_over(order)
    (parcel,) = gone.parcels
    return replace(gone, parcels=(replace(parcel, items=parcel.items[:1]),))


SHAPES: dict[OrderState, Callable[[Fulfilment], Fulfilment]] = {
    OrderState.RECEIVED: as_received,
    OrderState.ON_HOLD: lambda order: replace(order, hold="address"),
    OrderState.IN_PREPARATION: lambda order: order.after("start"),
    OrderState.ON_OFFER: lambda order: order.after("reject"),
    OrderState.WAITING_FOR_STOCK: lambda order: order.after("reject"),
    OrderState.PARTLY_SHIPPED: one_of_two,
    OrderState.SHIPPED: handed_over,
    OrderState.CANCELLED: lambda order: order.after("cancel"),
}


def in_state(database: Database, world: World, state: OrderState) -> str:
    """An order whose parts say this state."""
    made = put_fulfilment(database, world, f"f-{state}-1", (1, 1))
    lines = [(line.order_line_id, line.sku) for line in made.lines]
    with database.write() as connection:
        documents.save(connection, made, SHAPES[state](made))
        if state is OrderState.ON_OFFER:
            offered = [{"order_line_id": id, "sku": sku, "units": 1} for id, sku in lines]
            put(connection, t.offers, id="off", order_id=made.order_id, order_number="1", units=2, value_minor=1,
                currency="EUR", target_at=NOW, expires_at=NOW, state="open", lines=offered)  # fmt: skip
        if state is OrderState.CANCELLED:
            here = t.order_lines.c.order_id == made.order_id
            connection.execute(update(t.order_lines).where(here).values(cancelled=1))
    return made.order_id


def signed(number: int) -> Cause:
    at = NOW + timedelta(minutes=number)
    return Cause(
        at, at + timedelta(seconds=2), id_maker(at), "usr-ana", "dev-1", "loc-lille", f"c-{number}", "ScanItem"
    )


@pytest.mark.parametrize("after", list(OrderState))
def test_each_transition_of_an_order_leaves_one_event_that_says_who_when_where_and_why(database: Database, after):
    world = build_world(database)
    put_device(database, world.lille)
    order_id = in_state(database, world, after)
    befores = [before for before in OrderState if after in ORDER[before].values()]
    with database.write() as connection:
        for number, before in enumerate([after, *befores]):
            connection.execute(update(t.orders).where(t.orders.c.id == order_id).values(state=before.value))
            assert order_state.refresh(connection, signed(number), order_id, "somebody_asked") is after
        story = events.timeline(connection, order_id)
    # The first was in this state already: nothing to tell.
    assert [entry.code for entry in story] == [TOLD[after]] * len(befores)
    for number, (before, entry) in enumerate(zip(befores, story, strict=True), 1):
        assert entry.params["transitions"] == [
            {"kind": "order", "id": order_id, "before": before.value, "after": after.value}
        ]
        assert (entry.user, entry.device, entry.location, entry.command_id) == ("Ana", "Tablet", "Lille", f"c-{number}")
        assert (entry.at, entry.received_at) == (signed(number).at, signed(number).received_at)
        assert entry.reason == ("address" if after is OrderState.ON_HOLD else "somebody_asked")
        assert entry.params["because"] == "ScanItem"


def test_the_units_say_why_an_order_is_what_it_is(database: Database):
    world = build_world(database)
    found = {}
    for state in OrderState:
        order_id = in_state(database, world, state)
        with database.write() as connection:
            connection.execute(update(t.orders).where(t.orders.c.id == order_id).values(state="none"))
            order_state.refresh(connection, signed(1), order_id)
            (entry,) = events.timeline(connection, order_id)
        found[state.value] = tuple(entry.params[name] for name in ("units", "sent", "offered", "lacking"))
    assert found == {
        "received": (2, 0, 0, 0),
        "on_offer": (2, 0, 2, 0),
        "on_hold": (2, 0, 0, 0),
        "waiting_for_stock": (2, 0, 0, 2),
        "in_preparation": (2, 0, 0, 0),
        "partly_shipped": (2, 1, 0, 0),
        "shipped": (2, 2, 0, 0),
        "cancelled": (0, 0, 0, 0),
    }


class Day:
    """Facts of Ana, a minute apart."""

    def __init__(self, database: Database) -> None:
        self.database, self.minute = database, 0

    def at(self):
        self.minute += 1
        return NOW + timedelta(minutes=self.minute)

    def tell(self, *facts: c.Arguments) -> None:
        for fact in facts:
            with self.database.write() as connection:
                tell_in(connection, fact, at=self.at())

    def office(self, does: Callable, *arguments) -> None:
        with self.database.write() as connection:
            does(connection, office_cause(self.at(), "usr-ana"), *arguments)


def scanned(work: Fulfilment, number: int, units: int = 1) -> c.ScanItem:
    return c.ScanItem(work.id, work.lines[number].id, units, c.How.WEDGE)


def sent(work: Fulfilment, parcel: str, line: int, units: int = 1) -> list[c.Arguments]:
    return [
        c.OpenParcel(work.id, parcel, "box-s"),
        c.PackItem(work.id, parcel, work.lines[line].id, units, c.How.WEDGE),
        c.CloseParcel(work.id, parcel, f"37601230000000{parcel}", "post", 500),
        c.OpenManifest(f"m-{parcel}", work.location_id, "post"),
        c.LoadParcel(f"m-{parcel}", work.id, parcel, c.How.WEDGE),
        c.CloseManifest(f"m-{parcel}", (work.id,)),
    ]


def test_a_day_of_an_order_is_told_without_a_gap(database: Database):
    world = build_world(database)
    with database.write() as connection:
        put(connection, t.reasons, id="address", account_id="acc", usage="hold", labels={}, active=True)
    made = place(database, world, {"SKU-1": 2, "SKU-2": 1}, location_id=world.lille)
    (work,) = fulfilments_of(database, made.order_id)
    day = Day(database)
    day.office(holds.hold, made.order_id, "address")
    day.office(holds.release_hold, made.order_id)
    day.tell(scanned(work, 0, 2), c.PutBackItem(work.id, work.lines[0].id, 1), scanned(work, 0), scanned(work, 1))
    day.tell(*sent(work, "11", 1)[:3], c.ReopenParcel(work.id, "11"), c.UnpackItem(work.id, "11", work.lines[1].id, 1))
    day.tell(*sent(work, "11", 1)[1:], *sent(work, "12", 0, 2))
    story = check_story(database, made.order_id)
    assert [entry.code for entry in story if entry.code in TOLD.values()] == [
        "OrderWaitsForAnswer", "OrderWaitsForWork", "OrderBegun", "OrderPartlyShipped", "OrderShipped",
    ]  # fmt: skip
    assert next(entry for entry in story if entry.code == "OrderWaitsForAnswer").reason == "address"


def test_what_is_short_given_up_and_cancelled_is_told_without_a_gap(database: Database):
    world = build_world(database)
    made = place(database, world, {"SKU-1": 12, "SKU-2": 1}, location_id=world.lille)
    day, order_id = Day(database), made.order_id
    (work,) = fulfilments_of(database, order_id)
    assert order_row(database, order_id).state == "waiting_for_stock"
    day.tell(scanned(work, 1), c.ReportShort(work.id, work.lines[0].id, 4, "not_found"))
    check_story(database, order_id)

    def arrives(connection, cause):
        move(connection, cause, [Movement(world.lille, "SKU-1", "import", Delta(on_hand=40))])
        resourcing.serve_waiting(connection, cause, {"SKU-1"})

    day.office(arrives)
    day.office(cancellation.cancel, order_id, "changed_mind", {work.lines[1].order_line_id: 1})
    check_story(database, order_id)
    day.office(cancellation.cancel, order_id, "changed_mind")
    story = check_story(database, order_id)
    (cancelled,) = [entry for entry in story if entry.code == "OrderCancelled"]
    assert (cancelled.reason, order_row(database, order_id).state) == ("changed_mind", "cancelled")


def test_an_offer_is_told_without_a_gap_whoever_answers_it(database: Database):
    world = build_shops(database, {"km_cost_minor": 1, "rules": [{"candidates": 2}, {"candidates": 4}]})
    order_id = offered_order(database, world)
    (offer,) = offers_of(database, order_id)
    day = Day(database)
    late = NOW + HALF_AN_HOUR
    with database.write() as connection:
        offers.time_out(connection, office_cause(late), offer.id, 0)
    day.minute = 31
    for store, fact in (("loc-paris", c.DeclineOffer), ("loc-lyon", c.ClaimOffer), ("loc-lyon", c.ReleaseClaim)):
        answer(database, day, store, fact, copy_of(database, offer.id, store))
    story = check_story(database, order_id)
    codes = [entry.code for entry in story]
    for code in ("OfferPassedOver", "OfferDeclined", "OfferClaimed", "OfferReleased", "FulfilmentRejected"):
        assert codes.count(code) == 1, code
    day.office(cancellation.cancel, order_id, "changed_mind")
    assert "OfferWithdrawn" in [entry.code for entry in check_story(database, order_id)]


def answer(database: Database, day: Day, store: str, fact: type, copy_id: str) -> None:
    claimer = Claimer(store, "usr-ana")
    with database.write() as connection:
        at = day.at()
        cause = Cause(at, at, id_maker(at), "usr-ana", "dev-1", store, "", fact.__name__)
        if fact is c.ClaimOffer:
            claims.claim(connection, copy_id, claimer, cause)
        else:
            does = offer_desk.decline if fact is c.DeclineOffer else offer_desk.release
            does(connection, cause, copy_id, claimer, "busy")
