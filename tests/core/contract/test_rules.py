"""Any sequence of facts, in any order, by anybody: counts stay sane, nothing raises, nothing is refused."""

from dataclasses import fields, replace
from datetime import datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from core.contract import commands as c
from core.contract import rules
from core.contract.collection_rules import ASKED
from core.domain.fulfilment import Fulfilment, packed_by_line, settled, surplus, to_pack
from core.domain.handover import ClosedWithUnknown, ManifestClosed
from core.domain.lifecycle import FULFILMENT, FulfilmentState, ManifestState, ParcelState, RunState
from core.domain.outcome import Verdict
from core.domain.runs import Method
from core.domain.stock import Position, apply_movement, atp, found_movement, line_movements
from tests.support.orders import NOON, a_line, an_order, cancelled, packed

STOCK = 10
FULFILMENTS = st.sampled_from(["f1", "f2", "gone"])
LINES = st.sampled_from(["l1", "l2", "nowhere"])
PARCELS = st.sampled_from(["p1", "p2"])
QUANTITIES = st.integers(-1, 4)
HOW = st.just(c.How.WEDGE)
WAVES = st.lists(FULFILMENTS, max_size=3).map(tuple)
RUNS, MANIFESTS = st.sampled_from(["r1", "r2"]), st.sampled_from(["m1", "m2"])

ARGUMENTS = st.one_of(
    st.builds(c.StartRun, RUNS, st.just("R"), st.just("store"), st.just(Method.MULTI), WAVES, st.just(("ada",))),
    st.builds(c.PauseRun, RUNS),
    st.builds(c.ResumeRun, RUNS),
    st.builds(c.TakeOverRun, RUNS),
    st.builds(c.FinishRun, RUNS, WAVES),
    st.builds(c.ScanItem, FULFILMENTS, LINES, QUANTITIES, HOW),
    st.builds(c.ScanItem, FULFILMENTS, LINES, QUANTITIES, HOW),
    st.builds(c.ReportShort, FULFILMENTS, LINES, QUANTITIES, st.just("not_found")),
    st.builds(c.PutBackItem, FULFILMENTS, LINES, QUANTITIES),
    st.builds(c.OpenParcel, FULFILMENTS, PARCELS, st.just("box")),
    st.builds(c.PackItem, FULFILMENTS, PARCELS, LINES, QUANTITIES, HOW),
    st.builds(c.PackItem, FULFILMENTS, PARCELS, LINES, QUANTITIES, HOW),
    st.builds(c.UnpackItem, FULFILMENTS, PARCELS, LINES, QUANTITIES),
    st.builds(c.CloseParcel, FULFILMENTS, PARCELS, st.just("s"), st.just("dhl"), st.just(5)),
    st.builds(c.ReopenParcel, FULFILMENTS, PARCELS),
    st.builds(c.RecordLabel, FULFILMENTS, PARCELS, st.just("dhl"), st.just("t")),
    st.builds(c.OpenManifest, MANIFESTS, st.just("store"), st.just("dhl")),
    st.builds(c.LoadParcel, MANIFESTS, FULFILMENTS, PARCELS, HOW),
    st.builds(c.UnloadParcel, MANIFESTS, FULFILMENTS, PARCELS),
    st.builds(c.CloseManifest, MANIFESTS, WAVES),
)
OFFICE = st.tuples(st.just("office"), st.sampled_from(["f1", "f2"]), st.sampled_from(["cancel", "hold", "free"]))
STEPS = st.lists(st.one_of(ARGUMENTS, ARGUMENTS, ARGUMENTS, OFFICE), max_size=40)


def command(arguments, seq=1):
    return c.Command(f"c{seq}", seq, type(arguments).__name__, 1, "ada", NOON, arguments)


def loaded_for(documents, arguments):
    """What a core reads before it applies: the keys of the command, then those that these documents name."""
    first = {key: documents[key] for key in rules.touches(arguments) if key in documents}
    return first | {key: documents[key] for key in rules.follows(arguments, first) if key in documents}


class Store:
    """Documents and the stock they move, as the core keeps them."""

    def __init__(self):
        orders = [an_order(f, a_line("l1", "shirt", 2), a_line("l2", "belt", 1)) for f in ("f1", "f2")]
        self.documents: dict[rules.Key, Any] = {("fulfilment", order.id): order for order in orders}
        self.stock = {"shirt": Position(STOCK), "belt": Position(STOCK)}
        for order in orders:
            self.book(line_movements(None, order))

    def book(self, movements):
        for moved in movements:
            position = apply_movement(self.stock[moved.sku], moved.movement)
            found = found_movement(position)
            self.stock[moved.sku] = apply_movement(position, found) if found else position

    def keep(self, key, document):
        if isinstance(document, Fulfilment):
            self.book(line_movements(self.documents.get(key), document))
        self.documents[key] = document

    def do(self, step, seq):
        if isinstance(step, tuple):
            _, fulfilment_id, what = step
            order = self.documents["fulfilment", fulfilment_id]
            changed = order.after("cancel") if what == "cancel" else replace(order, hold="x" if what == "hold" else "")
            self.keep(("fulfilment", fulfilment_id), changed)
            return None
        known = loaded_for(self.documents, step)
        changed, outcome = rules.apply(known, command(step, seq))
        allowed = {*rules.touches(step), *rules.follows(step, known)}
        assert set(changed) <= allowed, "a rule changed what it did not name"
        for key, document in changed.items():
            assert self.documents.get(key) != document, "what did not change is not among the changes"
            self.keep(key, document)
        return outcome

    @property
    def orders(self):
        return [document for document in self.documents.values() if isinstance(document, Fulfilment)]


def check_counts(order):
    in_parcels = packed_by_line(order)
    for line in order.lines:
        assert line.put_back >= 0
        assert 0 <= line.held <= line.picked
        assert 0 <= line.short <= line.quantity
        assert 0 <= surplus(order, line) <= line.held
    for parcel in order.parcels:
        assert all(item.quantity > 0 for item in parcel.items)
    assert len({parcel.id for parcel in order.parcels}) == len(order.parcels)
    assert len({parcel.number for parcel in order.parcels}) == len(order.parcels)
    assert set(in_parcels) <= {line.id for line in order.lines}


def check_state(order):
    assert order.state in FULFILMENT
    assert settled(order) == order, "every fact leaves the order in the state its counts stand for"
    if order.state in (FulfilmentState.PICKED, FulfilmentState.PACKED):
        assert all(line.remaining == 0 for line in order.lines)
    if order.state is FulfilmentState.PACKED:
        assert to_pack(order) == 0
        assert all(parcel.state is not ParcelState.OPEN for parcel in order.parcels if parcel.units)
    if order.state is FulfilmentState.SHIPPED:
        assert all(parcel.state is ParcelState.HANDED_OVER for parcel in order.parcels if parcel.units)


def check_stock(store):
    for position in store.stock.values():
        assert position.reserved >= 0
        assert 0 <= position.picked <= position.on_hand
        assert atp(position) >= 0
    for sku in store.stock:
        lines = [(order, line) for order in store.orders for line in order.lines if line.sku == sku]
        owed = sum(0 if order.closed else line.wanted for order, line in lines)
        assert store.stock[sku].reserved <= owed


@settings(max_examples=300, deadline=None)
@given(steps=STEPS)
def test_any_sequence_of_facts_is_kept_and_leaves_everything_sane(steps):
    store = Store()
    for seq, step in enumerate(steps, start=1):
        outcome = store.do(step, seq)
        if outcome is not None:
            assert outcome.verdict is not Verdict.REJECTED, "a fact is never refused"
            assert outcome.code
            assert all(isinstance(value, (str, int)) for value in outcome.params().values())
        for order in store.orders:
            check_counts(order)
            check_state(order)
        check_stock(store)


@settings(max_examples=50, deadline=None)
@given(steps=STEPS)
def test_the_same_facts_always_leave_the_same_documents(steps):
    """What a rebase relies on: the device folds the commands that wait over new state again and again."""
    stores = [Store(), Store()]
    for store in stores:
        for seq, step in enumerate(steps, start=1):
            store.do(step, seq)
    assert stores[0].documents == stores[1].documents


DAY = [
    c.StartRun("r1", "R", "store", Method.MULTI, ("f1",), ("ada",)),
    c.ScanItem("f1", "l1", 2, c.How.WEDGE),
    c.ReportShort("f1", "l2", 1, "not_found"),
    c.FinishRun("r1", ("f1",)),
    c.OpenParcel("f1", "p1", "box"),
    c.PackItem("f1", "p1", "l1", 2, c.How.WEDGE),
    c.CloseParcel("f1", "p1", "340123450000000018", "dhl", 500),
    c.OpenManifest("m1", "store", "dhl"),
    c.LoadParcel("m1", "f1", "p1", c.How.CAMERA),
    c.CloseManifest("m1", ("f1",)),
]


def test_a_day_from_run_to_truck_ends_shipped_with_the_stock_right():
    store = Store()
    outcomes = [store.do(step, seq) for seq, step in enumerate(DAY, start=1)]
    assert {outcome.verdict for outcome in outcomes} == {Verdict.ACCEPTED}
    assert store.documents["fulfilment", "f1"].state is FulfilmentState.SHIPPED
    assert store.documents["run", "r1"].state is RunState.FINISHED
    assert store.documents["manifest", "m1"].state is ManifestState.CLOSED
    others = 2, 1  # what f2 still reserves
    assert store.stock == {"shirt": Position(STOCK - 2, others[0]), "belt": Position(STOCK, others[1])}


# Facts of one person stay in their order; those of another may come late. The run and the picking of a second device
# reach the core after the first has packed, loaded and sent the parcel.
LATE = [4, 5, 6, 7, 8, 9, 0, 1, 2, 3]


def test_an_order_whose_picking_is_known_last_still_ends_shipped():
    store = Store()
    outcomes = [store.do(DAY[place], seq) for seq, place in enumerate(LATE, start=1)]
    assert any(outcome.verdict is Verdict.ATTENTION for outcome in outcomes), "a person is told"
    assert store.documents["fulfilment", "f1"].state is FulfilmentState.SHIPPED
    assert store.stock["shirt"] == Position(STOCK - 2, 2)


@given(order=st.permutations(range(len(DAY))))
def test_the_stock_is_cleared_whenever_the_order_is_shipped(order):
    store = Store()
    for seq, place in enumerate(order, start=1):
        store.do(DAY[place], seq)
    if store.documents["fulfilment", "f1"].state is FulfilmentState.SHIPPED:
        line = store.documents["fulfilment", "f1"].lines[0]
        in_hand = max(0, line.held - 2)
        assert store.stock["shirt"].picked == in_hand
        assert store.stock["shirt"].reserved == 2


def test_a_parcel_that_a_colleague_loaded_leaves_with_the_manifest_too():
    store = Store()
    for fulfilment_id in ("f1", "f2"):
        ready = packed(store.documents["fulfilment", fulfilment_id], f"p-{fulfilment_id}")
        store.keep(("fulfilment", fulfilment_id), ready)
    store.do(c.OpenManifest("m1", "store", "dhl"), 1)
    store.do(c.LoadParcel("m1", "f1", "p-f1", c.How.WEDGE), 2)
    store.do(c.LoadParcel("m1", "f2", "p-f2", c.How.WEDGE), 3)
    assert store.do(c.CloseManifest("m1", ("f1",)), 4) == ManifestClosed(2)
    assert {order.state for order in store.orders} == {FulfilmentState.SHIPPED}


def test_a_parcel_of_an_order_that_is_not_known_is_told_at_the_close():
    store = Store()
    store.keep(("fulfilment", "f1"), packed(store.documents["fulfilment", "f1"]))
    store.do(c.OpenManifest("m1", "store", "dhl"), 1)
    store.do(c.LoadParcel("m1", "f1", "p1", c.How.WEDGE), 2)
    del store.documents["fulfilment", "f1"]
    assert store.do(c.CloseManifest("m1", ("f1",)), 3) == ClosedWithUnknown(1)


def test_no_quantity_is_no_fact():
    store = Store()
    for quantity in (0, -2):
        outcome = store.do(c.ScanItem("f1", "l1", quantity, c.How.WEDGE), 1)
        assert outcome == rules.QuantityInvalid(quantity)
    assert store.documents["fulfilment", "f1"].lines[0].picked == 0


def test_work_that_is_not_here_is_told_and_changes_nothing():
    for arguments in (c.ScanItem("x", "l1", 1, c.How.TAP), c.LoadParcel("m1", "x", "p1", c.How.TAP), c.PauseRun("x")):
        changed, outcome = rules.apply({}, command(arguments))
        assert changed == {}
        assert outcome.verdict is Verdict.ATTENTION


def test_facts_after_a_cancellation_are_kept_for_a_person():
    key = ("fulfilment", "f1")
    documents = {key: cancelled(an_order("f1"))}
    changed, outcome = rules.apply(documents, command(c.ScanItem("f1", "l1", 1, c.How.TAP)))
    order = changed[key]
    assert outcome.code == "picked_after_cancel"
    assert isinstance(order, Fulfilment)
    assert surplus(order, order.lines[0]) == 1


OF_OFFERS = {"ClaimOffer", "DeclineOffer", "ReleaseClaim", "DeclareOutOfStock", "PauseOffers"}
OF_THE_CORE = OF_OFFERS | {kind.__name__ for kind in ASKED}
VALUES: dict[Any, Any] = {
    int: 1,
    bool: True,
    str: "f1",
    datetime: NOON,
    c.How: c.How.TAP,
    Method: Method.MULTI,
    tuple[c.HandedItem, ...]: (c.HandedItem("l1", 1),),
    tuple[c.RefusedItem, ...]: (c.RefusedItem("l1", 1, "too_small"),),
}


def test_every_command_names_what_it_touches_and_has_a_rule():
    documents = {("fulfilment", "f1"): an_order("f1")}
    for name, kind in c.COMMANDS.items():
        arguments = kind.arguments(*(VALUES.get(field.type, ("f1",)) for field in fields(kind.arguments)))
        assert bool(rules.touches(arguments)) == (name not in OF_THE_CORE), name
        rules.apply(documents, command(arguments))
