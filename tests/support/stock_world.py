"""Random histories of stock: every operation that moves units, on a small retailer whose brands share their stores."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Connection, func, insert, select, update

from core.contract import commands as c
from core.domain.stock import line_movements
from core.domain.stock_rules import Rule, RuleKind, Scope
from core.service import (
    adjustments,
    announced,
    atp_remake,
    cancellation,
    declarations,
    fulfilments,
    inbound,
    order_state,
    orders,
    resourcing,
    rulesets,
    stock_rules,
    surplus,
    till,
)
from core.service.cause import Cause, office_cause
from core.service.fulfilments import load_of_order
from core.service.orders import NewLine, NewOrder, Received
from core.service.stock import Delta, Movement, reserve
from core.service.stock_book import book_of
from core.service.stock_levels import Changed, set_levels
from core.store import documents
from core.store import tables as t
from core.store.database import Database
from tests.core.service.office import LILLE, tell_in
from tests.support.core import NOW, World, build_world

OTHER_BRAND: Final = "div-sud"
START: Final = 10  # on hand at every position, from before the ledger


def build(database: Database) -> World:
    """The stores work for two brands; one channel each; a rule of every kind."""
    world = build_world(database)
    with database.write() as connection:
        connection.execute(
            insert(t.divisions).values(id=OTHER_BRAND, account_id="acc", code="SUD", name="Sud", brand="Sud")
        )
        for location_id in (world.lille, world.lyon):
            connection.execute(insert(t.location_divisions).values(location_id=location_id, division_id=OTHER_BRAND))
        cause = office_cause(NOW)
        made: Any = None
        for division_id, threshold in ((world.division, 1), (OTHER_BRAND, 0)):
            wanted = stock_rules.NewCatalogue(division_id, "web", "Web", (), threshold, 14)
            made = stock_rules.put_catalogue(connection, cause, wanted)
        for rule in _rules(world, made["id"]):
            assert isinstance(stock_rules.put_rule(connection, cause, rule), Mapping)
        patient = rulesets.Draft(world.division, "Patient", {"wait": {"max_days": 9}})
        version: Any = rulesets.draft(connection, cause, patient)
        rulesets.publish(connection, cause, version["id"])
    return world


def _rules(world: World, catalogue_id: str) -> tuple[Rule, ...]:
    return (
        Rule("", RuleKind.SAFETY, Scope(), basis_points=1000),
        Rule("", RuleKind.SAFETY, Scope(world.lyon, "SKU-1"), units=2),
        Rule("", RuleKind.SHARE, Scope(category="Shirts"), OTHER_BRAND, basis_points=4000),
        Rule("", RuleKind.EXCLUDE, Scope(world.lyon, "SKU-3"), catalogue_id, units=1),
        Rule("", RuleKind.THRESHOLD, Scope(sku="SKU-2"), catalogue_id, units=3),
        Rule("", RuleKind.INBOUND, Scope(), basis_points=2000),
    )


class History:
    """Carries operations out. `numbers` choose what each is about; an operation that cannot be is none."""

    def __init__(self, database: Database) -> None:
        self.database, self.world, self.minutes = database, build(database), 0
        self.order_ids: list[str] = []

    def do(self, name: str, numbers: tuple[int, int, int]) -> None:
        self.minutes += 7
        operation: Callable[[Connection, Cause, tuple[int, int, int]], Any] = getattr(self, f"_{name}")
        with self.database.write() as connection:
            operation(connection, office_cause(NOW + timedelta(minutes=self.minutes)), numbers)

    def _place(self, numbers: tuple[int, int, int]) -> tuple[str, str]:
        return (self.world.lille, self.world.lyon)[numbers[0] % 2], self.world.skus[numbers[1] % 3]

    def _order(self, connection: Connection, cause: Cause, numbers: tuple[int, int, int]) -> None:
        """Two lines may name the same article."""
        skus = [self.world.skus[number % 3] for number in numbers[:2]]
        lines = tuple(NewLine(sku, 1 + numbers[2] % 4) for sku in skus)
        made = orders.create(connection, cause, NewOrder(self.world.division, LILLE, lines))
        assert isinstance(made, Received)
        self.order_ids.append(made.order_id)

    def _wait(self, connection: Connection, cause: Cause, numbers: tuple[int, int, int]) -> None:
        """Two articles that no place has both of, and supply that would change that: an order may wait for it."""
        (place, sku), (other, _) = self._place(numbers), self._place((numbers[0] + 1, 0, 0))
        second = self.world.skus[(numbers[1] + 1) % 3]
        levels = {(place, sku): 9, (place, second): 0, (other, sku): 0, (other, second): 9}
        done = set_levels(connection, cause, levels)
        assert isinstance(done, Changed)
        surplus.leave(connection, cause, done.short)
        at = cause.at + timedelta(days=1 + numbers[2] % 12)
        inbound.expect(connection, cause, inbound.Expected(place, second, 4 + numbers[2] % 9, at))
        self._order(connection, cause, (numbers[1], numbers[1] + 1, numbers[2]))

    def _decide(self, connection: Connection, cause: Cause, numbers: tuple[int, int, int]) -> None:
        """The timer of an order that waits, too early or on time."""
        if self.order_ids:
            order_id = self.order_ids[numbers[0] % len(self.order_ids)]
            load_of_order(connection, order_id, lock=True)
            resourcing.source_again(connection, cause, order_id)
            order_state.refresh(connection, cause, order_id)

    def _cancel_one(self, connection: Connection, cause: Cause, numbers: tuple[int, int, int]) -> None:
        """A unit of a line."""
        if self.order_ids:
            parts = order_state.load(connection, self.order_ids[numbers[0] % len(self.order_ids)])
            assert parts is not None
            line = parts.lines[numbers[1] % len(parts.lines)]
            cancellation.cancel(connection, cause, parts.row.id, "customer", {line.id: 1})

    def _late(self, connection: Connection, cause: Cause, numbers: tuple[int, int, int]) -> None:
        """Supply comes on another day, or never."""
        i = t.inbound.c
        row = connection.execute(select(i.id, i.version).where(i.state == "expected").order_by(i.id)).first()
        if row is not None:
            late = {"expected_at": cause.at + timedelta(days=1 + numbers[0] % 12)}
            inbound.change(connection, cause, row.id, row.version, late if numbers[1] % 2 else {"state": "cancelled"})

    def _other_brand(self, connection: Connection, cause: Cause, numbers: tuple[int, int, int]) -> None:
        location_id, sku = self._place(numbers)
        savepoint = connection.begin_nested()
        delta = Delta(reserved=1 + numbers[2] % 5)
        asked = Movement(location_id, sku, "reservation", delta, division_id=OTHER_BRAND)
        if reserve(connection, cause, [asked]) is None:
            savepoint.commit()
        else:
            savepoint.rollback()

    def _work(self, connection: Connection, numbers: tuple[int, int, int]) -> tuple[Any, Any] | None:
        if not self.order_ids:
            return None
        some = load_of_order(connection, self.order_ids[numbers[0] % len(self.order_ids)])
        if not some:
            return None
        fulfilment = some[numbers[1] % len(some)]
        return fulfilment, fulfilment.lines[numbers[2] % len(fulfilment.lines)]

    def _pick(self, connection: Connection, cause: Cause, numbers: tuple[int, int, int]) -> None:
        if work := self._work(connection, numbers):
            tell_in(connection, c.ScanItem(work[0].id, work[1].id, 1, c.How.CAMERA, "x"), at=cause.at)

    def _short(self, connection: Connection, cause: Cause, numbers: tuple[int, int, int]) -> None:
        if work := self._work(connection, numbers):
            tell_in(connection, c.ReportShort(work[0].id, work[1].id, 1, "not_found"), at=cause.at)

    def _cancel(self, connection: Connection, cause: Cause, numbers: tuple[int, int, int]) -> None:
        if self.order_ids:
            cancellation.cancel(connection, cause, self.order_ids[numbers[0] % len(self.order_ids)], "customer")

    def _move(self, connection: Connection, cause: Cause, numbers: tuple[int, int, int]) -> None:
        """The work of a store goes to another one."""
        if work := self._work(connection, numbers):
            fulfilments.move(connection, cause, work[0].id, self._place(numbers)[0])

    def _count(self, connection: Connection, cause: Cause, numbers: tuple[int, int, int]) -> None:
        wanted = adjustments.Adjustment(*self._place(numbers), on_hand=numbers[2] % 25)
        adjustments.adjust(connection, cause, wanted)

    def _sell(self, connection: Connection, cause: Cause, numbers: tuple[int, int, int]) -> None:
        """Over the counter; every third line is told twice."""
        location_id, sku = self._place(numbers)
        line = till.TillLine(location_id, f"R{self.minutes}", "1", sku, 1 + numbers[2] % 12, cause.at)
        for _ in range(1 + (numbers[2] % 3 == 0)):
            till.take(connection, cause, [line])

    def _return(self, connection: Connection, cause: Cause, numbers: tuple[int, int, int]) -> None:
        location_id, sku = self._place(numbers)
        condition = (till.Condition.SELLABLE, till.Condition.DAMAGED)[numbers[2] % 2]
        line = till.TillLine(location_id, f"B{self.minutes}", "1", sku, 1 + numbers[2] % 3, cause.at, condition)
        till.take(connection, cause, [line])

    def _set_levels(self, connection: Connection, cause: Cause, numbers: tuple[int, int, int]) -> None:
        """What a full stock file says of some positions."""
        other = numbers[1], numbers[0], numbers[2]
        levels = {self._place(numbers): numbers[2] % 21, self._place(other): numbers[0] % 17}
        done = set_levels(connection, cause, levels)
        assert isinstance(done, Changed)
        surplus.leave(connection, cause, done.short)

    def _surplus(self, connection: Connection, cause: Cause, numbers: tuple[int, int, int]) -> None:
        """The job that follows whoever corrects stock down."""
        j = t.jobs.c
        waiting = select(j.id, j.arguments).where(j.kind == surplus.RESOURCE, j.state == "waiting").order_by(j.id)
        for row in connection.execute(waiting).all():
            surplus.resource(connection, cause, [(place, sku) for place, sku in row.arguments["keys"]])
            connection.execute(update(t.jobs).where(j.id == row.id).values(state="done"))

    def _protect(self, connection: Connection, cause: Cause, numbers: tuple[int, int, int]) -> None:
        wanted = adjustments.Adjustment(*self._place(numbers), safety=numbers[2] % 4)
        adjustments.adjust(connection, cause, wanted)

    def _declare(self, connection: Connection, cause: Cause, numbers: tuple[int, int, int]) -> None:
        expires_at = cause.at + timedelta(minutes=20) if numbers[2] % 2 else None
        wanted = declarations.Declared(*self._place(numbers), 1 + numbers[2] % 3, "broken", expires_at)
        declarations.declare(connection, cause, wanted)

    def _expire(self, connection: Connection, cause: Cause, numbers: tuple[int, int, int]) -> None:
        declarations.expire(connection, cause)

    def _review(self, connection: Connection, cause: Cause, numbers: tuple[int, int, int]) -> None:
        d = t.declarations.c
        row = connection.execute(select(d.id, d.version).where(d.state == "open").order_by(d.id)).first()
        if row is not None:
            verdict = (declarations.Verdict.LIFT, declarations.Verdict.CONFIRM)[numbers[2] % 2]
            declarations.review(connection, cause, row.id, declarations.Review(verdict, row.version))

    def _expect(self, connection: Connection, cause: Cause, numbers: tuple[int, int, int]) -> None:
        at = cause.at + timedelta(days=1 + numbers[2] % 20)
        inbound.expect(connection, cause, inbound.Expected(*self._place(numbers), 1 + numbers[2] % 9, at))

    def _rule(self, connection: Connection, cause: Cause, numbers: tuple[int, int, int]) -> None:
        """Another figure for everything: every row of the projection is old."""
        r = t.stock_rules.c
        kinds = (RuleKind.SAFETY, RuleKind.SHARE, RuleKind.INBOUND)
        query = select(r.id, r.version).where(r.kind == kinds[numbers[0] % 3], r.sku == "").order_by(r.id)
        row = connection.execute(query).first()
        assert row is not None
        amount = stock_rules.Amount(basis_points=500 * (numbers[1] % 10))
        assert isinstance(stock_rules.change_rule(connection, cause, row.id, row.version, amount), Mapping)

    def _open_or_close(self, connection: Connection, cause: Cause, numbers: tuple[int, int, int]) -> None:
        places = t.locations.c
        change = update(t.locations).where(places.id == self.world.lyon).values(active=numbers[0] % 2 == 0)
        connection.execute(change)
        stock_rules.locations_changed(connection, cause)

    def _remake(self, connection: Connection, cause: Cause, numbers: tuple[int, int, int]) -> None:
        """The next article of what a worker does after such a change."""
        atp_remake.go_on(connection, cause, book_of(connection).generation, 1)

    def _receive(self, connection: Connection, cause: Cause, numbers: tuple[int, int, int]) -> None:
        i = t.inbound.c
        row = connection.execute(select(i.id, i.version).where(i.state == "expected").order_by(i.id)).first()
        if row is not None:
            inbound.receive(connection, cause, row.id, row.version, 1)

    def _promise(self, connection: Connection, cause: Cause, numbers: tuple[int, int, int]) -> None:
        row = connection.execute(select(t.inbound.c.id).where(t.inbound.c.state == "expected")).first()
        if row is not None:
            announced.take(connection, row.id, 1 + numbers[2] % 3)


# Those that only sell: they never take from what is on hand.
SELLING: Final = (
    "order", "other_brand", "move", "pick", "cancel", "declare", "expire", "expect", "receive", "promise", "decide",
    "cancel_one", "late",
)  # fmt: skip
COUNTING: Final = ("count", "sell", "return", "set_levels", "protect", "review", "wait", "wait")
RULING: Final = ("rule", "remake", "remake", "open_or_close")
CORRECTING: Final = (*COUNTING, "short")


def wanted(connection: Connection) -> dict[tuple[str, str], int]:
    """What positions have reserved for a reason: units of work, of open offers, and of orders that hold them."""
    found: dict[tuple[str, str], int] = {}
    ids = connection.execute(select(t.fulfilments.c.id)).scalars()
    for work in documents.load_fulfilments(connection, ids).values():
        for line in line_movements(None, work):
            key = (work.location_id, line.sku)
            found[key] = found.get(key, 0) + line.movement.reserved
    o, h = t.offers.c, t.waiting_holds.c
    for offer in connection.execute(select(o.holder, o.lines).where(o.state == "open", o.holder != "")):
        for part in offer.lines:
            key = (offer.holder, part["sku"])
            found[key] = found.get(key, 0) + part["units"]
    for row in connection.execute(select(h.location_id, h.sku, h.units)):
        key = (row.location_id, row.sku)
        found[key] = found.get(key, 0) + row.units
    return {key: units for key, units in found.items() if units}


def books(connection: Connection) -> list[tuple[Any, ...]]:
    """(location, SKU, position's buckets, what the ledger says they are), everywhere."""
    p, m = t.positions.c, t.movements.c
    names = ("on_hand", "reserved", "picked", "unavailable")
    query = select(m.location_id, m.sku, *(func.sum(m[name]) for name in names)).group_by(m.location_id, m.sku)
    sums = {(row[0], row[1]): tuple(map(int, row[2:])) for row in connection.execute(query)}
    found = []
    for row in connection.execute(select(p.location_id, p.sku, *(p[name] for name in names))):
        on_hand, *others = sums.get((row[0], row[1]), (0, 0, 0, 0))
        found.append((row[0], row[1], tuple(row[2:]), (on_hand + START, *others)))
    return found
