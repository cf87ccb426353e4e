"""A small believable store for screens: two brands, three people, an order of every kind; what tests name is below."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from argon2 import PasswordHasher

from core.contract import reference as ref
from core.domain.barcodes import check_digit
from core.domain.fulfilment import Address, Fulfilment, Line, Parcel, ParcelItem
from core.domain.lifecycle import FulfilmentState, ParcelState, RunState
from core.domain.runs import Method, PickRun
from core.domain.sscc import make_sscc

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)  # a Monday, 10:00 on the store's clock
STORE_ID = "lille"
COMPANY_PREFIX = "3760123"
PINS = {"ann": "1234", "bruno": "2345", "samira": "3456"}
ZONES = ("A Women", "B Men", "C Shoes", "D Accessories", "E Home", "F Table")

LOCATION = ref.Location(
    STORE_ID, "LIL", "Lille Grand Place", "store", "Rue de Béthune 12", "59000", "Lille", "FR", "Europe/Paris",
    ("alba", "nordlys"), ZONES, demo=True,
)  # fmt: skip
DIVISIONS = (
    ref.Division("alba", "AL", "Alba France", "Alba", "#8C4A2F", "EUR", "FR"),
    ref.Division("nordlys", "NO", "Nordlys France", "Nordlys", "#1F4E8C", "EUR", "FR"),
)
REASONS = (
    ref.Reason("not_found", "short", {"en": "Not found", "fr": "Introuvable"}, ref.StockEffect.ZERO,
               ref.StockTarget.ATP, collateral=True, position=1),
    ref.Reason("damaged", "short", {"en": "Damaged", "fr": "Abîmé"}, ref.StockEffect.MINUS, ref.StockTarget.ON_HAND,
               position=2),
    ref.Reason("address", "hold", {"en": "The address is being checked", "fr": "L’adresse est vérifiée"}),
)  # fmt: skip
CARRIERS = (
    ref.Carrier("colissimo", "colissimo", "Colissimo", ("standard",), "17:00"),
    ref.Carrier("chronopost", "chronopost", "Chronopost", ("express",), "12:30"),
)
PACKAGINGS = (
    ref.Packaging("box_s", {"en": "Small box", "fr": "Petit carton"}, 300, 200, 100, 120, 1),
    ref.Packaging("box_l", {"en": "Large box", "fr": "Grand carton"}, 600, 400, 300, 400, 2),
)


@dataclass(frozen=True)
class _Article:
    sku: str
    name: str
    colour: str
    size: str
    category: str
    division_id: str
    zone: str
    place: str
    stock: int
    weight_g: int


_ARTICLES = (
    _Article("AL-1001", "Linen shirt Camille", "Ecru", "M", "tops", "alba", "A Women", "A-12", 4, 260),
    _Article("AL-1002", "Merino jumper Odile", "Forest green", "L", "knitwear", "alba", "B Men", "B-03", 3, 420),
    _Article("AL-1003", "Straight jeans Rive", "Dark blue", "32", "trousers", "alba", "B Men", "B-10", 6, 720),
    _Article("AL-1004", "Suede boots Arras", "Cognac", "39", "shoes", "alba", "C Shoes", "C-02", 1, 1350),
    _Article("AL-1005", "Raffia bag Soleil", "Sand", "", "accessories", "alba", "D Accessories", "D-07", 2, 650),
    _Article("AL-1006", "Wool coat Margaux", "Black", "38", "outerwear", "alba", "A Women", "A-30", 2, 1600),
    _Article("NO-2001", "Velvet cushion cover Fjord", "Ochre", "50x50", "textiles", "nordlys", "E Home", "E-1", 9, 210),
    _Article("NO-2002", "Stoneware mug Kyst", "Sage", "", "tableware", "nordlys", "F Table", "F-04", 12, 340),
    _Article("NO-2003", "Percale duvet cover Natt", "White", "240x220", "bedding", "nordlys", "E Home", "E-9", 2, 1400),
    _Article("NO-2004", "Brass table lamp Lykt", "Brass", "", "lighting", "nordlys", "F Table", "F-20", 0, 1900),
)
SKUS = tuple(article.sku for article in _ARTICLES)


def gtin13(sku: str) -> str:
    """As it is printed on the tag: scan this."""
    body = f"{COMPANY_PREFIX}{SKUS.index(sku) + 1:05}"
    return body + check_digit(body)


def gtin(sku: str) -> str:
    return "0" + gtin13(sku)


VARIANTS = tuple(
    ref.Variant(a.sku, f"P-{a.sku}", a.division_id, a.name, a.division_id.title(), a.category, a.colour, a.size,
                (gtin(a.sku),), 4990, "EUR", a.weight_g)
    for a in _ARTICLES
)  # fmt: skip
POSITIONS = tuple(ref.Position(a.sku, a.stock, 0, 0, 0, 0, a.zone, a.place) for a in _ARTICLES)


@lru_cache
def users() -> tuple[ref.User, ...]:
    """`ann` may pick, pack, hand over and collect, `bruno` is the manager, `samira` is seasonal and reads Arabic."""
    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    plain = ("pick", "pack", "hand_over", "collect", "read_stock")
    people = (
        ("ann", "Ann Peeters", "en", (*plain, "unpack", "take_over"), "associate"),
        ("bruno", "Bruno Martin", "fr", (*plain, "unpack", "take_over", "override_scan", "claim"), "manager"),
        ("samira", "Samira Haddad", "ar", plain, "seasonal"),
    )
    return tuple(
        ref.User(id, id, name, language, hasher.hash(PINS[id]), may, (role,), demo_pin=PINS[id])
        for id, name, language, may, role in people
    )


def order(number: int, wanted: Mapping[str, int], due: timedelta, **changes: object) -> Fulfilment:
    """`f{number}`, short id `K{number:03}`, with a line `f{number}-{sku}` for each SKU; due that long after NOW."""
    articles = {article.sku: article for article in _ARTICLES}
    lines = tuple(
        Line(f"f{number}-{sku}", f"o{number}-{sku}", sku, quantity, articles[sku].name, articles[sku].colour,
             articles[sku].size, gtins=(gtin(sku),), unit_price_minor=4990, weight_g=articles[sku].weight_g,
             category=articles[sku].category)
        for sku, quantity in wanted.items()
    )  # fmt: skip
    customers = ("Claire Dubois", "Maximilian von Hohenberg", "Inès Benali", "Jo Li", "Noor de Vries", "Luca Rossi")
    address = Address(customers[number % 6], "Rue Nationale 8", "69002", "Lyon", "FR", "+33 6 00 00 00 00")
    division = articles[next(iter(wanted))].division_id
    plain = Fulfilment(
        f"f{number}", f"FR-{10230 + number}-1", f"K{number:03}", f"o{number}", f"FR-{10230 + number}", division,
        STORE_ID, "standard", "colissimo", NOW + due, NOW - timedelta(hours=3), address, lines,
    )  # fmt: skip
    return replace(plain, **changes)  # type: ignore[arg-type]


def picked(fulfilment: Fulfilment, units: int | None = None) -> Fulfilment:
    """With `units` of each line in hand (all where None)."""
    lines = tuple(
        replace(line, picked=line.quantity if units is None else min(units, line.quantity)) for line in fulfilment.lines
    )
    return replace(fulfilment, lines=lines, state=FulfilmentState.PICKING)


def packed(fulfilment: Fulfilment, carrier: str, serial: int) -> Fulfilment:
    """All of it in one closed parcel `{id}-p1` with a number and a label."""
    held = picked(fulfilment)
    items = tuple(ParcelItem(line.id, line.quantity) for line in held.lines)
    parcel = Parcel(
        f"{fulfilment.id}-p1", 1, "box_s", ParcelState.CLOSED, items, 900, 300, 200, 100,
        sscc=sscc(serial), carrier=carrier, labels_printed=1,
    )  # fmt: skip
    return replace(held, state=FulfilmentState.PACKED, carrier=carrier, parcels=(parcel,))


def sscc(serial: int) -> str:
    made = make_sscc(COMPANY_PREFIX, 7, serial)
    return str(getattr(made, "value18"))  # noqa: B009  (an exhausted range has none: fail here)


def orders() -> tuple[Fulfilment, ...]:
    """An order of every kind: see the names beside them."""
    minutes, hours, days = (lambda n: timedelta(minutes=n)), (lambda n: timedelta(hours=n)), (lambda n: timedelta(n))
    return (
        order(1, {"AL-1001": 1, "AL-1003": 2}, minutes(-25), service_level="express", carrier="chronopost"),  # overdue
        order(2, {"AL-1002": 1}, minutes(40)),  # urgent
        order(3, {"NO-2001": 4, "NO-2002": 6}, hours(3)),
        order(4, {"AL-1001": 1, "AL-1005": 1}, hours(5)),
        order(5, {"AL-1004": 1}, days(1), placed_at=NOW - hours(30)),
        replace(picked(order(6, {"AL-1003": 1, "AL-1006": 1}, hours(2))), state=FulfilmentState.PICKED),  # to pack
        packed(order(7, {"NO-2002": 2}, hours(4)), "colissimo", 1),  # to hand over
        packed(order(8, {"AL-1005": 1}, hours(1.5), service_level="express"), "chronopost", 2),
        replace(picked(order(9, {"AL-1002": 1, "NO-2003": 2}, hours(6))), state=FulfilmentState.CANCELLED),  # put back
        order(10, {"AL-1006": 1}, hours(7), hold="address"),
        replace(picked(order(11, {"NO-2001": 2, "AL-1003": 1}, hours(2.5)), 1), run_id="run-b"),  # Bruno has it
        replace(order(12, {"NO-2002": 3}, hours(3.5)), run_id="run-a", state=FulfilmentState.PICKING),  # Ann paused it
        order(13, {"NO-2004": 1}, days(-2), placed_at=NOW - days(4)),
        order(14, {"AL-1001": 1}, days(3), release_at=NOW + days(1)),  # not released yet
    )


RUNS = (
    PickRun("run-b", "7QF", STORE_ID, Method.MULTI, ("f11",), ("bruno",), NOW, "bruno", totes=("f11",)),
    PickRun("run-a", "K4M", STORE_ID, Method.SINGLE, ("f12",), ("ann",), NOW, "ann", RunState.PAUSED, totes=("f12",)),
)
