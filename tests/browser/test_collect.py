"""What customers fetch at a store, as they and the associates meet it: without the core, over two stores, refused, here
and waiting, and handed over on two tablets.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.browser.conftest import Tablet
from tests.support.associate import HAND_MS, Associate
from tests.support.shop import Retailer, Shop

pytestmark = pytest.mark.browser
STORE, STORE_NAME = "LYO1", "Comptoir Lyon"
SENDER, SENDER_NAME = "LIL3", "Comptoir Lille"
PHONE, TABLET = (360, 740), (1280, 800)
SIGNED = '{"identity": "required", "signature": true}'


@dataclass(frozen=True)
class Fetched:
    """A collection of the demo, as the core knew it when the day began."""

    id: str
    number: str
    short_id: str
    order_id: str
    code: str
    due_minor: int
    lines: tuple[dict[str, Any], ...]
    parts: tuple[dict[str, Any], ...]

    def gtin(self, line: int = 0) -> str:
        return str(self.lines[line]["gtins"][0])[-13:]

    @property
    def units(self) -> int:
        return sum(int(line["quantity"]) for line in self.lines)


@pytest.fixture
def desk(retailer: Retailer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """A shop of its own for each journey: what is fetched is gone. Lyon wants documents and signatures."""
    folder = tmp_path_factory.mktemp("desk")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COMPTOIR_DATA", str(folder / "data"))
        shop = Shop(retailer, folder / "shop")
        try:
            yield shop
        finally:
            shop.close()


def open_shop(shop: Shop, terms: str = "{}") -> None:
    """`terms`: what Lyon asks of who fetches, in place of what the brand asks."""
    shop.write("update location set collect = :terms where code = :store", terms=terms, store=STORE)
    shop.open()


def fetched(shop: Shop, state: str, kind: str = "collect", where: str = "1 = 1", store: str = STORE) -> Fetched:
    """The first of the store in this state."""
    query = f"""select c.* from collection c join location l on l.id = c.location_id and l.code = :store
                where c.state = :state and c.kind = :kind and ({where}) order by c.short_id"""
    row = shop.rows(query, store=store, state=state, kind=kind)[0]
    lines, parts = json.loads(row["lines"]), json.loads(row["parts"])
    facts = (row["id"], row["number"], row["short_id"], row["order_id"], row["pick_up_code"], row["due_minor"])
    return Fetched(*facts, tuple(lines), tuple(parts))


class Clerk(Associate):
    """Somebody at the desk where customers fetch."""

    def to_collect(self) -> None:
        self.sign_in()
        self.tablet.sees("Work list")
        self.tablet.tap("Collect")
        self.tablet.sees("To prepare")

    def find(self, one: Fetched) -> None:
        self.scan(one.code, f"Collect {one.short_id}")

    def begin_handover(self, one: Fetched) -> None:
        self.tablet.tap("Hand it over")
        self.tablet.sees(f"Hand over {one.short_id}")

    def down(self) -> None:
        """To the end of the page."""
        self.tablet.page.mouse.move(180, 400)
        self.tablet.page.mouse.wheel(0, 3_000)
        self.tablet.page.wait_for_timeout(500)

    def write_name(self, name: str) -> None:
        """Flutter takes a field's text from a moment after it has the focus; what comes before that is lost."""
        field = self.tablet.page.get_by_label("Name of who fetches it")
        for _ in range(10):
            field.click()
            self.tablet.page.wait_for_timeout(400)
            field.fill(name)
            self.tablet.page.keyboard.press("Tab")
            if field.input_value() == name:
                return
        raise AssertionError(f"the field does not take {name}")

    def sign_for(self) -> None:
        tablet = self.tablet
        self.down()
        tablet.tap("Let the customer sign")
        tablet.sees("Please sign here")
        tablet.page.wait_for_timeout(600)  # the dialog has come to rest
        size = tablet.page.viewport_size or {"width": 0, "height": 0}
        x, y = size["width"] / 2 - 80, size["height"] / 2 - 60
        tablet.page.mouse.move(x, y)
        tablet.page.mouse.down()
        for step in range(12):
            tablet.page.mouse.move(x + 12 * step, y + (15 if step % 2 else -15), steps=3)
        tablet.page.mouse.up()
        tablet.tap("Done", exact=True)
        tablet.hides("Please sign here")

    def confirm(self, button: str, *says: str) -> None:
        self.tablet.tap(button)
        for words in says:
            self.tablet.sees(words)
        self.tablet.page.wait_for_timeout(HAND_MS)


def clerk(shop: Shop, tablet: Callable[..., Tablet], store: str = STORE, place: int = 0, **options: Any) -> Clerk:
    """`place`: which of the people of the store, who all have a tablet of their own."""
    names = dict(zip((STORE, SENDER), (STORE_NAME, SENDER_NAME), strict=True))
    query = """select u.name, u.demo_pin from app_user u join assignment a on a.user_id = u.id
               join location l on l.id = a.location_id and l.code = :store where u.demo_pin != '' order by u.demo_pin"""
    person = shop.rows(query, store=store)[place]
    opened = tablet(shop, f"/?pair={shop.codes[names[store]]}", **options)
    return Clerk(opened, shop, person["name"], person["demo_pin"])


def told(shop: Shop, one: Fetched) -> dict[str, dict[str, Any]]:
    """The story of its order, by code."""
    return {entry["code"]: entry for entry in shop.office("GET", f"/v1/orders/{one.number}")["timeline"]}


def stock(shop: Shop, sku: str, store: str = STORE) -> dict[str, int]:
    query = "select on_hand, reserved, picked from position where sku = :sku and location_id = :place"
    found = shop.rows(query, sku=sku, place=shop.store_id(store))
    return found[0] if found else {"on_hand": 0, "reserved": 0, "picked": 0}


def test_from_arrival_to_handover_without_the_core(desk: Shop, tablet: Callable[..., Tablet]) -> None:
    open_shop(desk, SIGNED)
    coming, waiting = fetched(desk, "expected", "ship_to_store"), fetched(desk, "ready", where="due_minor = 0")
    article = coming.lines[0]
    before = stock(desk, article["sku"]), stock(desk, waiting.lines[0]["sku"])
    amina = clerk(desk, tablet, size=PHONE)
    amina.to_collect()
    amina.tablet.screenshot("collect-01-list")
    desk.core.kill()
    amina.scan("00" + coming.parts[0]["sscc"], "All of this order is here. Put it on its shelf.", "Offline since")
    amina.tablet.screenshot("collect-02-arrived")
    amina.scan("comptoir:shelf:R-09", "Ready. The customer is told by mail if there is an address.", "R-09")
    amina.begin_handover(coming)
    amina.scan(waiting.code, f"This code is of order {waiting.number}, not of this one.")
    amina.scan(coming.code, "The code is right: this is the order.")
    amina.scan(coming.gtin(), "Taken. 1 of this order so far.", "Choose which document you saw.")
    amina.down()
    amina.tablet.page.get_by_role("switch").click()
    amina.tablet.sees("Neighbour")
    amina.tablet.tap("Friend")
    amina.write_name("Bo Prima")
    amina.down()
    amina.tablet.tap("Passport")
    amina.sign_for()
    amina.tablet.screenshot("collect-03-handover")
    amina.confirm("Hand over (1 article)", "Handed over.", "to Bo Prima")
    desk.core.start()
    desk.core.wait()
    amina.tablet.sees("Online")
    desk.until("select state from collection where id = :id", "collected", id=coming.id)
    its_story_and_proof_are_right(desk, coming, amina.name)
    desk.until("select count(*) from message where collection_id = :id and kind = 'collected' and state = 'sent'",
               1, id=coming.id)  # fmt: skip
    assert desk.value("select count(*) from message where collection_id = :id and state = 'dead'", id=coming.id) == 0
    # What another place sent was never in this store's books, and nobody touched what lies here for somebody else.
    assert (stock(desk, article["sku"]), stock(desk, waiting.lines[0]["sku"])) == before


def its_story_and_proof_are_right(shop: Shop, one: Fetched, who: str) -> None:
    story = told(shop, one)
    for code in ("CollectionPartArrived", "CollectionPutAway", "CollectionItemsHandedOver"):
        assert (story[code]["user"], story[code]["location"]) == (who, STORE_NAME), code
        assert story[code]["at"] < story[code]["received_at"]
    assert {"CollectionReady", "CollectionHandedOver"} <= story.keys()
    (proof,) = shop.rows("select * from handover where collection_id = :id", id=one.id)
    assert (proof["identity"], proof["collector"], proof["relation"]) == ("passport", "Bo Prima", "friend")
    assert proof["signature"]
    assert "," not in proof["signature"]  # sealed: no strokes in it
    verdicts = shop.rows("select name, verdict from processed_command order by seq")
    assert [(row["name"], row["verdict"]) for row in verdicts] == [
        ("ArriveParcel", "accepted"), ("PutAway", "accepted"), ("HandOverCollection", "accepted")
    ]  # fmt: skip


def test_sent_by_one_store_and_fetched_in_another(desk: Shop, tablet: Callable[..., Tablet]) -> None:
    open_shop(desk)
    (mug,) = desk.articles(SENDER, 1)
    body = {
        "number": "SHIP-1", "division_id": desk.value("select division_id from variant where id = :s", s=mug.sku),
        "ship_to": {"name": "Ada Roche", "street": "3 rue Basse", "postcode": "69002", "town": "Lyon", "country": "FR"},
        "customer": {"number": "C-1", "name": "Ada Roche", "email": "ada@example.org", "language": "fr"},
        "lines": [{"sku": mug.sku, "quantity": 1}], "location_id": desk.store_id(SENDER),
        "delivery": {"method": "to-store", "store_id": desk.store_id(STORE)},
    }  # fmt: skip
    order = desk.office("POST", "/v1/orders", body)
    nadia = clerk(desk, tablet, SENDER, size=TABLET)
    nadia.sign_in()
    nadia.tablet.sees("Work list")
    nadia.speak("English")
    nadia.tablet.sees("Start picking")
    nadia.begin(str(desk.value("select short_id from fulfilment where order_id = :id", id=order["id"])))
    nadia.scan(mug, "1 of 1")
    nadia.tablet.tap("Finish and pack")
    nadia.tablet.sees("0 of 1 packed")
    nadia.tablet.tap("Open this parcel")
    nadia.scan(mug, "Everything is in parcels")
    nadia.weigh_and_close()
    nadia.tablet.tap("Go on without, print it later")
    desk.until("select state from fulfilment where order_id = :id", "packed", id=order["id"])
    amina = clerk(desk, tablet, size=PHONE)
    amina.to_collect()
    sent = fetched(desk, "expected", "ship_to_store", "c.number = 'SHIP-1'")
    nadia.tablet.tap("andover")
    nadia.tablet.sees("Colis Hexa")
    sscc = sent.parts[0]["sscc"]
    nadia.scan("00" + sscc, "loaded.")
    nadia.tablet.tap("Close the list (")
    nadia.tablet.tap("The driver has them: close")
    nadia.tablet.sees("Handed over: ")
    desk.until("select state from fulfilment where order_id = :id", "shipped", id=order["id"])
    amina.tablet.tap("Incoming")
    amina.tablet.sees(sent.short_id)
    amina.scan("00" + sscc, "All here, to be put on a shelf", SENDER_NAME)
    amina.tablet.sees("All of this order is here. Put it on its shelf.")  # also on the screen it opened
    amina.scan("comptoir:shelf:R-08", "Ready. The customer is told by mail if there is an address.")
    desk.until("select state from message where collection_id = :id and kind = 'ready'", "sent", id=sent.id)
    assert desk.value("select language from message where collection_id = :id", id=sent.id) == "fr"
    amina.begin_handover(sent)
    amina.scan(mug, "Taken. 1 of this order so far.")
    amina.confirm("Hand over (1 article)", "Handed over.")
    desk.until("select state from collection where id = :id", "collected", id=sent.id)
    assert desk.office("GET", "/v1/orders/SHIP-1")["state"] == "shipped"


def test_what_is_refused_is_refunded_and_goes_back(desk: Shop, tablet: Callable[..., Tablet]) -> None:
    open_shop(desk)
    one = fetched(desk, "ready", where="due_minor = 0 and json_array_length(lines) = 2")
    line, kept = one.lines
    before = stock(desk, line["sku"])
    amina = clerk(desk, tablet, size=PHONE)
    amina.to_collect()
    amina.find(one)
    amina.begin_handover(one)
    amina.tablet.tap("Takes everything")
    amina.tablet.tap("Leaves it here")
    amina.tablet.sees(f"Why does {line['name']} stay here?")
    amina.tablet.tap("Too small")
    amina.tablet.tap("Stays here")
    amina.tablet.hides("Why does")
    amina.confirm(f"Hand over ({kept['quantity']} article", "Handed over.", "left here: Too small")
    (task,) = until_tasks(desk, one)
    assert (task["kind"], task["reason"]) == ("refund", "too_small")
    assert sum(row["amount_minor"] for row in task["refunds"]) == line["unit_price_minor"] * line["quantity"]
    assert stock(desk, line["sku"])["on_hand"] == before["on_hand"]  # it still lies at the desk
    amina.tablet.screenshot("collect-04-refused")
    amina.tablet.tap(f"Put {line['quantity']} article")
    amina.tablet.sees("All are back on the shelf")
    for _ in range(line["quantity"]):
        amina.scan(one.gtin(), "Back on the shelf.")
    query = "select count(*) from event where name = 'CollectionReturnedToShelf' and order_id = :id"
    desk.until(query, line["quantity"], id=one.order_id)
    after = stock(desk, line["sku"])
    assert after == before | {name: before[name] - line["quantity"] for name in ("reserved", "picked")}


def until_tasks(shop: Shop, one: Fetched) -> list[dict[str, Any]]:
    shop.until("select count(*) from order_task where order_id = :id and kind = 'refund'", 1, id=one.order_id)
    return list(shop.office("GET", f"/v1/order-tasks?kind=refund&order={one.number}")["items"])


def test_who_says_they_are_here_comes_first(desk: Shop, tablet: Callable[..., Tablet]) -> None:
    open_shop(desk)
    one = fetched(desk, "ready", where="waiting is null or waiting = 'null'")
    amina = clerk(desk, tablet, size=PHONE)
    amina.to_collect()
    assert f"{one.short_id}, " in amina.tablet.texts()
    said = desk.office("POST", "/v1/arrivals", {"code": one.code, "where": "bay 3"})
    assert said == {"ready": True}
    amina.tablet.sees("bay 3", timeout_ms=14_000)
    cards = [text for text in amina.tablet.texts().splitlines() if " unit" in text and ", Here for " in text]
    assert cards[-1].startswith(one.short_id)  # who has waited longer stays before them
    amina.tablet.screenshot("collect-05-here")
    amina.tablet.tap(one.short_id)
    amina.tablet.sees("Here for")
    amina.tablet.sees("bay 3")


def test_handed_over_on_two_tablets_without_the_core(desk: Shop, tablet: Callable[..., Tablet]) -> None:
    open_shop(desk)
    one = fetched(desk, "ready", "reservation")
    first, second = clerk(desk, tablet, size=PHONE), clerk(desk, tablet, place=1, size=TABLET)
    for each in (first, second):
        each.sign_in()
        each.tablet.page.wait_for_timeout(2_000)  # their own language comes a moment after them
        each.speak("English")
        each.tablet.sees("Work list")
        each.tablet.tap("Collect")
        each.tablet.sees("To prepare") if each is first else each.tablet.sees("Here now")
    desk.core.kill()
    for each in (first, second):
        each.find(one)
        each.begin_handover(one)
        each.scan(one.gtin(), "Taken. 1 of this order so far.", "Take the payment first.")
        each.down()
        each.tablet.tap("Cash received")
        each.tablet.sees("Hand over (1 article)")
        each.tablet.hides("Take the payment first.")
        each.confirm("Hand over (1 article)", "Handed over.")
    desk.core.start()
    desk.core.wait()
    desk.until("select count(*) from processed_command where verdict = 'attention'", 2, timeout_s=120)
    flagged = desk.rows("select name, code, device_id from processed_command where verdict = 'attention' order by seq")
    assert [(row["name"], row["code"]) for row in flagged] == [
        ("TakeCash", "paid_twice"), ("HandOverCollection", "handed_over_twice")
    ]  # fmt: skip
    assert len({row["device_id"] for row in flagged}) == 1
    numbers = [row["id"] for row in desk.rows("select id from device order by number")]
    late = (first, second)[numbers.index(flagged[0]["device_id"])]
    late.tablet.tap("2 need attention")
    late.tablet.sees("1 article was already handed over on")
    late.tablet.sees("More was taken than was due. Give the difference back.")
    late.tablet.screenshot("collect-06-twice")
    assert json.loads(desk.value("select lines from collection where id = :id", id=one.id))[0]["handed"] == 1
    (task,) = until_tasks(desk, one)
    assert [(row["method"], row["amount_minor"]) for row in task["refunds"]] == [("cash", one.due_minor)]
    assert desk.office("GET", f"/v1/payments?order={one.number}&state=asking")["items"] == []
