"""Two tablets of one store: new work appears on both, a run changes hands, one line is picked twice offline, and an
order is cancelled under somebody's hands."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.conftest import Tablet
from tests.support.associate import Associate
from tests.support.shop import Article, Shop, Wanted, comptoir

pytestmark = pytest.mark.browser
STORE, STORE_NAME = "LYO1", "Comptoir Lyon"
# Without a poke a tablet asks again after 15 seconds at the earliest, and after two minutes while pokes come.
POKE_MS = 14_000


class Pair:
    """Amina has the first tablet, Claire the second; both in front of the work list."""

    def __init__(self, shop: Shop, tablet: Callable[..., Tablet]) -> None:
        path = f"/?pair={shop.codes[STORE_NAME]}"
        self.shop = shop
        self.amina = Associate(tablet(shop, path, size=(360, 740)), shop)
        self.amina.sign_in()
        self.amina.tablet.sees("Start picking")
        self.claire = Associate(tablet(shop, path, size=(1280, 800)), shop, "Claire Rossi", "3333")
        self.claire.sign_in()
        self.claire.tablet.sees("Préparer les ")  # in her language
        self.claire.speak("English")
        self.claire.tablet.sees("Start picking")
        self.both = (self.amina, self.claire)

    def of_device(self, device_id: str) -> Associate:
        numbers = [row["id"] for row in self.shop.rows("select id from device order by number")]
        return self.both[numbers.index(device_id)]


def test_two_people_share_the_work_of_a_store(shop: Shop, tablet: Callable[..., Tablet]) -> None:
    rugs, mug, vase = shop.articles(STORE, 3)
    pair = Pair(shop, tablet)
    a_new_order_appears_on_both(pair)
    shared = shop.place(STORE, Wanted("TWO-1", ((rugs, 2), (mug, 1))))
    a_run_changes_hands(pair, shared, rugs)
    both_pick_the_last_unit_without_the_core(pair, mug)
    nothing_is_lost_and_one_hears_of_it(pair, shared, mug)
    too_many_go_back(pair, shared, mug)
    a_cancelled_order_goes_back(pair, vase)


def a_new_order_appears_on_both(pair: Pair) -> None:
    """Placed by another process on the core's database: the core notices and pokes the store's tablets."""
    waiting = [int(shown[1]) for one in pair.both if (shown := re.search(r"Pick (\d+)\n", one.tablet.texts()))]
    assert waiting[0] == waiting[1]
    comptoir("demo-order", "--store", STORE, "--database", pair.shop.database_url)
    for one in pair.both:
        one.tablet.sees(f"Pick {waiting[0] + 1}", timeout_ms=POKE_MS)
    pair.claire.tablet.screenshot("two-01-new-order")


def a_run_changes_hands(pair: Pair, order: dict[str, Any], rugs: Article) -> None:
    amina, claire, shop = pair.amina, pair.claire, pair.shop
    amina.begin(short_id(shop, order))
    amina.scan(rugs, "1 of 3")
    shop.until("select count(*) from pick_run where state = 'active'", 1)
    number = str(shop.value("select number from pick_run where state = 'active'"))
    claire.tablet.bring(number)
    claire.tablet.tap(number)
    claire.tablet.sees("Amina Martin picks this run")
    claire.tablet.screenshot("two-02-take-over")
    claire.tablet.tap("Take over")
    claire.tablet.sees("1 of 3")
    claire.scan(rugs, "2 of 3")
    amina.tablet.sees("2 of 3")
    pickers = str(shop.value("select pickers from pick_run where state = 'active'"))
    assert pickers.index("manager") < pickers.index("associate")


def both_pick_the_last_unit_without_the_core(pair: Pair, mug: Article) -> None:
    pair.shop.until("select count(*) from processed_command where name = 'ScanItem'", 2)
    for one in pair.both:  # its answer came too: from here on one action waits
        one.tablet.hides(" waiting")
    pair.shop.core.kill()
    for one in pair.both:
        one.scan(mug, "3 of 3")
        one.tablet.sees("1 waiting")


def nothing_is_lost_and_one_hears_of_it(pair: Pair, order: dict[str, Any], mug: Article) -> None:
    shop = pair.shop
    shop.core.start()
    shop.core.wait()
    shop.until("select count(*) from processed_command where name = 'ScanItem'", 4, timeout_s=120)
    flagged = shop.rows("select device_id, code from processed_command where verdict = 'attention'")
    assert [row["code"] for row in flagged] == ["over_picked"]
    second = pair.of_device(flagged[0]["device_id"])
    second.tablet.tap("1 needs attention")
    second.tablet.sees("1 unit too many is in hand: somebody else picked this line too. Put it back.")
    second.tablet.screenshot("two-03-needs-attention")
    second.tablet.tap("Back", exact=True)
    picked = "select picked from fulfilment_line l join fulfilment f on f.id = l.fulfilment_id where f.order_id = :id"
    assert shop.value(f"{picked} and l.sku = :sku", id=order["id"], sku=mug.sku) == 2
    for one in pair.both:
        one.tablet.hides(" waiting")


def too_many_go_back(pair: Pair, order: dict[str, Any], mug: Article) -> None:
    """The unit that is too many is put-back work for whoever has a hand free."""
    claire, shop = pair.claire, pair.shop
    claire.to_the_list()
    row = re.compile(rf"Put back[\s\S]*{short_id(shop, order)}|{short_id(shop, order)}[\s\S]*Put back")
    claire.tablet.bring(row)
    claire.tablet.tap(row)
    claire.tablet.sees("More was picked than the order needs.")
    claire.scan(mug, "All on the shelf")
    shop.until("select count(*) from event where name = 'ItemPutBack' and order_id = :id", 1, id=order["id"])
    held = "select picked - put_back from fulfilment_line where sku = :sku and picked > 1"
    assert shop.value(held, sku=mug.sku) == 1


def a_cancelled_order_goes_back(pair: Pair, vase: Article) -> None:
    amina, shop = pair.amina, pair.shop
    before = stock(shop, vase)
    order = shop.place(STORE, Wanted("TWO-2", ((vase, 1),)))
    amina.to_the_list()
    amina.begin(short_id(shop, order))
    amina.scan(vase, "1 of 1")
    shop.until("select state from fulfilment where order_id = :id", "picked", id=order["id"])
    shop.office("POST", "/v1/orders/TWO-2/cancel", {"reason": "customer_request"})
    amina.tablet.sees("was cancelled. Nothing more is fetched for it.")
    amina.tablet.screenshot("two-04-cancelled")
    amina.tablet.tap("Put back")
    amina.tablet.sees("The order was cancelled.")
    amina.scan(vase, "All on the shelf")
    shop.until("select count(*) from event where name = 'ItemPutBack' and order_id = :id", 1, id=order["id"])
    assert stock(shop, vase) == before
    assert shop.office("GET", "/v1/orders/TWO-2")["state"] == "cancelled"


def short_id(shop: Shop, order: dict[str, Any]) -> str:
    return str(shop.value("select short_id from fulfilment where order_id = :id", id=order["id"]))


def stock(shop: Shop, article: Article) -> dict[str, int]:
    return shop.rows(
        "select on_hand, reserved, picked, unavailable from position where sku = :sku and location_id = :place",
        sku=article.sku, place=shop.store_id(STORE),
    )[0]  # fmt: skip
