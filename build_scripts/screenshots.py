"""Makes the pictures of offers and collect in docs/screenshots: each screen on a phone and on a tablet.

`python build_scripts/screenshots.py [phone] [tablet]`; it takes two minutes for each, and the browser of the browser
tests. Each has a shop of its own, so that what one has done is not on the other. The times in them are those of the
run: only pictures whose screens have changed are worth committing.
"""

import os
import re
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.browser.conftest import Tablet, chromium  # noqa: E402
from tests.browser.test_collect import SIGNED, STORE, STORE_NAME, Clerk, Fetched, fetched  # noqa: E402
from tests.support.shop import Retailer, Shop  # noqa: E402

KEPT = ROOT / "docs" / "screenshots"
SIZES = {"phone": (360, 740), "tablet": (1280, 800)}
COLOURS = 64  # of each picture: they are flat, and small files are read sooner
SETTLE_MS = 900


class Walk:
    """A manager of one store, who answers offers and hands over; every picture is kept under its name and the size."""

    def __init__(self, manager: Clerk, size: str) -> None:
        self.manager, self.tablet, self.shop, self._size = manager, manager.tablet, manager.shop, size

    def keep(self, name: str, *sees: str) -> None:
        for words in sees:
            self.tablet.sees(words)
        self.tablet.page.mouse.move(1, 1)  # away from what says its name when it is pointed at
        self.tablet.page.wait_for_timeout(SETTLE_MS)
        file = KEPT / f"{name}-{self._size}.png"
        self.tablet.page.screenshot(path=file)
        with Image.open(file) as picture:
            flat = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
        flat.save(file, optimize=True)

    def back(self) -> None:
        self.tablet.page.go_back()
        self.tablet.page.wait_for_timeout(SETTLE_MS)

    def put_aside(self) -> None:
        """A sheet that asks something."""
        self.tablet.page.keyboard.press("Escape")
        self.tablet.page.wait_for_timeout(SETTLE_MS)

    def sheet(self, button: str, name: str, *sees: str) -> None:
        self.tablet.tap(button)
        self.keep(name, *sees)
        self.put_aside()

    def on(self, one: Fetched, deed: Callable[[], None]) -> None:
        """On the page of one order, from the list and back to it."""
        self.manager.find(one)
        deed()
        self.back()


def offers(walk: Walk) -> None:
    tablet = walk.tablet
    tablet.tap("Offers: ")
    walk.keep("offers-list", "left")
    walk.sheet("Sound of new offers", "offers-sound", "New offers sound here.")
    tablet.tap(re.compile("^Offer "))
    walk.keep("offer", "Claim this order")
    walk.sheet("Decline", "offer-decline", "Why not?")
    walk.sheet("Not here", "offer-out-of-stock", "Nothing of it here?")
    tablet.tap("Claim this order")
    walk.keep("offer-won", "Your store has it.")
    walk.sheet("Give it back", "offer-release", "Why give it back?")
    walk.back()
    walk.back()


def collect(walk: Walk) -> None:
    tablet, shop = walk.tablet, walk.shop
    ready = fetched(shop, "ready", where="due_minor = 0 and json_array_length(lines) = 2")
    unpaid, late = fetched(shop, "ready", "reservation"), fetched(shop, "expired")
    coming, locker = fetched(shop, "expected", "ship_to_store"), fetched(shop, "expected", "locker")
    tablet.tap("Collect")
    walk.keep("collect-list", "Here for")
    tablet.tap("Incoming")
    walk.keep("collect-incoming", coming.short_id)
    tablet.tap("Ready")
    walk.on(locker, lambda: walk.sheet("Ask for a compartment", "collect-locker", "How large is it?"))
    walk.on(late, lambda: walk.keep("collect-late", "Nobody fetches this any more"))
    walk.on(ready, lambda: _tend(walk))
    walk.on(ready, lambda: _hand_over(walk))
    walk.on(unpaid, lambda: _pay(walk))
    walk.manager.scan("00" + coming.parts[0]["sscc"], "All of this order is here. Put it on its shelf.")
    walk.keep("collect-arrived")


def _tend(walk: Walk) -> None:
    walk.keep("collect-ready", "Hand it over")
    walk.sheet("More time", "collect-more-time", "How much longer may it stay?")
    walk.sheet("Send a message again", "collect-message", "What is the customer told?")


def _hand_over(walk: Walk) -> None:
    manager, tablet = walk.manager, walk.tablet
    tablet.tap("Hand it over")
    tablet.tap("Takes everything")
    tablet.tap("Leaves it here")
    walk.keep("collect-stays", "Why does ")
    tablet.tap("Too small")
    tablet.tap("Stays here")
    tablet.hides("Why does")
    tablet.tap("Passport")
    manager.down()
    tablet.tap("Let the customer sign")
    walk.keep("collect-sign", "Please sign here")
    tablet.tap("Back", exact=True)
    manager.sign_for()
    walk.keep("collect-handover", "Hand over (")
    tablet.tap("Hand over (")
    walk.keep("collect-refused", "left here: Too small")
    walk.back()


def _pay(walk: Walk) -> None:
    walk.tablet.tap("Hand it over")
    walk.keep("collect-nothing-taken", "Say first what the customer takes.")
    walk.tablet.tap("Takes it")
    walk.keep("collect-pay", "Cash received")
    walk.back()


def walk_through(size: str, retailer: Retailer, folder: Path) -> None:
    shop = Shop(retailer, folder)
    shop.write("update location set collect = :terms where code = :store", terms=SIGNED, store=STORE)
    query = """select u.name, u.demo_pin from app_user u join assignment a on a.user_id = u.id
               join location l on l.id = a.location_id and l.code = :store where a.role_id = 'manager'"""
    person = shop.rows(query, store=STORE)[0]
    width, height = SIZES[size]
    try:
        shop.open()
        with sync_playwright() as playwright, chromium(playwright) as browser:
            profile = browser.new_context(viewport={"width": width, "height": height}, locale="en-GB")
            tablet = Tablet(profile.new_page(), [])
            tablet.open(f"{shop.address}/?pair={shop.codes[STORE_NAME]}")
            manager = Clerk(tablet, shop, person["name"], person["demo_pin"])
            manager.sign_in()
            tablet.page.wait_for_timeout(2_000)  # their own language comes a moment after them
            manager.speak("English")
            tablet.sees("Work list")
            tablet.page.wait_for_timeout(9_000)  # what was told in passing is gone
            walk = Walk(manager, size)
            offers(walk)
            collect(walk)
    finally:
        shop.close()


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["COMPTOIR_DATA"] = str(folder / "data")
        retailer = Retailer.make(folder)
        for size in sys.argv[1:] or SIZES:
            walk_through(size, retailer, folder / size)
            print(f"{size}: {len(list(KEPT.glob(f'*-{size}.png')))} pictures in {KEPT.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
