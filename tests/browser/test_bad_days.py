"""What goes wrong around a tablet: each time a sentence, and nothing of the work is lost."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.browser.conftest import Tablet
from tests.support.associate import Associate
from tests.support.shop import Shop, Wanted

pytestmark = pytest.mark.browser
STORE, STORE_NAME = "LYO1", "Comptoir Lyon"
PHONE = (360, 740)
APP_AWAY = ("ERR_CONNECTION_REFUSED", "WebSocket", "page error: Exception")  # what Flet says while it reconnects


def test_a_pairing_code_that_is_wrong_or_used_says_so(shop: Shop, tablet: Callable[..., Tablet]) -> None:
    amina = Associate(tablet(shop, size=PHONE), shop)
    amina.pair("ZZZZ9999")
    amina.tablet.sees("This pairing code does not exist. Check it, or ask for a new one.")
    amina.tablet.screenshot("bad-01-unknown-code")
    once = shop.office("POST", "/v1/enrolment-codes", {"location": STORE})["code"]
    other = httpx.post(shop.core_url + "/device/v1/enrol", json={"code": once, "name": "Other"}, timeout=30)
    assert other.is_success
    amina.pair(once)
    amina.tablet.sees("This pairing code was already used. Ask for a new one.")
    amina.pair(shop.codes[STORE_NAME])
    amina.tablet.sees("Amina Martin")


def test_the_core_away_at_the_first_start_is_said_and_tried_again(shop: Shop, tablet: Callable[..., Tablet]) -> None:
    shop.core.kill()
    opened = tablet(shop, f"/?pair={shop.codes[STORE_NAME]}", size=PHONE)
    opened.sees("The core cannot be reached. Check the Wi-Fi and try again.")
    opened.screenshot("bad-02-no-core")
    shop.core.start()
    shop.core.wait()
    opened.tap("Pair", exact=True)
    opened.sees("Amina Martin")


def test_a_token_that_does_not_hold_any_more_is_renewed_quietly(shop: Shop, tablet: Callable[..., Tablet]) -> None:
    amina, known = working(shop, tablet)
    shop.app.kill()
    file = identity_file(shop, known)
    identity = json.loads(file.read_text())
    file.write_text(json.dumps(identity | {"access_token": identity["access_token"][:-8] + "AAAAAAAA"}))
    renewed = shop.core.log.count("POST /device/v1/token")
    shop.app.start()
    shop.app.wait()
    amina.sign_in()
    amina.tablet.forgive(*APP_AWAY)
    amina.tablet.sees("Online")
    (article,) = shop.articles(STORE, 1)
    order = shop.place(STORE, Wanted("BAD-1", ((article, 1),)))
    amina.begin(short_id(shop, order))
    amina.scan(article, "1 of 1")
    shop.until("select count(*) from event where name = 'ItemPicked' and order_id = :id", 1, id=order["id"])
    assert shop.core.log.count("POST /device/v1/token") > renewed
    amina.tablet.hides(" waiting")


# Keeps hold of the page's sockets, so that a test can break the one that lives.
HOLD_SOCKETS = """
const Real = WebSocket;
window.sockets = [];
window.WebSocket = function (...given) { const made = new Real(...given); window.sockets.push(made); return made; };
window.WebSocket.prototype = Real.prototype;
Object.assign(window.WebSocket, {CONNECTING: 0, OPEN: 1, CLOSING: 2, CLOSED: 3});
"""


def test_a_browser_whose_connection_breaks_goes_on_where_it_was(shop: Shop, tablet: Callable[..., Tablet]) -> None:
    opened = tablet(shop, size=PHONE)
    opened.page.add_init_script(HOLD_SOCKETS)
    opened.open(f"{shop.address}/?pair={shop.codes[STORE_NAME]}")
    amina = Associate(opened, shop)
    amina.sign_in()
    (article,) = shop.articles(STORE, 1)
    order = shop.place(STORE, Wanted("BAD-3", ((article, 2),)))
    amina.begin(short_id(shop, order))
    amina.scan(article, "1 of 2")
    opened.page.evaluate("() => window.sockets.at(-1).close()")
    opened.page.wait_for_function("() => window.sockets.length > 1 && window.sockets.at(-1).readyState === 1")
    opened.sees("1 of 2")
    amina.scan(article, "2 of 2")


def test_a_device_that_was_withdrawn_hands_over_its_work_and_is_empty(
    shop: Shop, tablet: Callable[..., Tablet]
) -> None:
    amina, known = working(shop, tablet)
    (article,) = shop.articles(STORE, 1)
    order = shop.place(STORE, Wanted("BAD-2", ((article, 2),)))
    amina.begin(short_id(shop, order))
    amina.scan(article, "1 of 2")
    picked = "select count(*) from event where name = 'ItemPicked' and order_id = :id"
    shop.until(picked, 1, id=order["id"])
    folder = identity_file(shop, known).parent
    shop.core.kill()
    amina.scan(article, "2 of 2")
    amina.tablet.sees("1 waiting")
    shop.core.start()
    shop.core.wait()
    shop.office("DELETE", f"/v1/devices/{known}")
    amina.tablet.sees("This device was wiped by head office. Close the app and open it again to pair it anew.")
    amina.tablet.screenshot("bad-03-wiped")
    assert [file.name for file in folder.iterdir()] == ["wipe.json"]
    if shop.value(picked, id=order["id"]) == 1:  # else it was faster than head office
        (kept,) = shop.office("GET", "/v1/quarantine")["items"]
        assert (kept["code"], kept["payload"]["name"]) == ("device_revoked", "ScanItem")
        shop.office("POST", f"/v1/quarantine/{kept['id']}/replay")
    shop.until(picked, 2, id=order["id"])
    amina.tablet.page.reload()
    amina.tablet.wake()
    amina.tablet.sees("Head office wiped this device. It can be paired anew.")
    amina.pair(shop.codes[STORE_NAME])
    amina.tablet.sees("Amina Martin")


def working(shop: Shop, tablet: Callable[..., Tablet]) -> tuple[Associate, str]:
    """Amina in front of the work list of a device of her own, and its id."""
    amina = Associate(tablet(shop, f"/?pair={shop.codes[STORE_NAME]}", size=PHONE), shop)
    amina.sign_in()
    amina.tablet.sees("Start picking")
    return amina, str(shop.value("select id from device order by enrolled_at desc"))


def identity_file(shop: Shop, device_id: str) -> Path:
    files = (shop.folder / "app" / "devices").glob("*/identity.json")
    return next(file for file in files if json.loads(file.read_text())["device_id"] == device_id)


def short_id(shop: Shop, order: dict[str, Any]) -> str:
    return str(shop.value("select short_id from fulfilment where order_id = :id", id=order["id"]))
