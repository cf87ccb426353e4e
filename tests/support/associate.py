"""A person with a tablet: what they press, in their words, and what they must see before they go on."""

import re
from pathlib import Path

from playwright.sync_api import Download

from tests.browser.conftest import Tablet
from tests.support.shop import Article, Shop

SILENT_MS = 10_000
HAND_MS = 250  # from the scanner's beep to the screen; a press right after a code's Enter is taken for its echo


class Associate:
    """Somebody of a demo store; `name` as on the tile, `pin` as printed by `comptoir run`."""

    def __init__(self, tablet: Tablet, shop: Shop, name: str = "Amina Martin", pin: str = "1111") -> None:
        self.tablet, self.shop, self.name, self.pin = tablet, shop, name, pin

    def pair(self, code: str) -> None:
        self.tablet.sees("Pair this device with a store")
        self.tablet.write("Pairing code", code, enables="Pair")
        self.tablet.tap("Pair", exact=True)

    def sign_in(self) -> None:
        tablet = self.tablet
        tablet.sees("Who works here?")
        tablet.tap(self.name)
        tablet.sees("Enter your PIN")
        for digit in self.pin:
            tablet.tap(digit, exact=True)
        tablet.tap("Sign in")

    def speak(self, language: str) -> None:
        """By the menu under the own name, whatever it speaks now."""
        self.tablet.tap(re.compile(self.name))
        self.tablet.tap(language)

    def to_the_list(self) -> None:
        if not self.tablet.shows("Start picking", within_ms=1_000):
            self.tablet.tap("Back", exact=True)
        self.tablet.sees("Start picking")

    def begin(self, *orders: str) -> None:
        """A run of exactly these orders, by short id, from the work list."""
        tablet = self.tablet
        tablet.tap("Start picking")
        tablet.sees("How do you want to pick?")
        tablet.tap("None", exact=True)
        for count, short_id in enumerate(orders, start=1):
            tablet.bring(short_id)
            tablet.tap(short_id)
            tablet.sees(f"Start with {count} order")
        tablet.tap("Start with ")
        tablet.sees("Pick run ")

    def scan(self, code: str | Article, *says: str) -> None:
        """Until the tablet says all of it. Where it stays silent, a person scans again: busy machines lose keys."""
        tablet, text = self.tablet, code.gtin13 if isinstance(code, Article) else code
        before = tablet.texts()
        tablet.scan(text)
        if not tablet.shows(says[0], within_ms=SILENT_MS) and tablet.texts() == before:
            tablet.scan(text)
        for words in says:
            tablet.sees(words)
        tablet.page.wait_for_timeout(HAND_MS)

    def report_missing(self, reason: str) -> None:
        self.tablet.tap("Not there")
        self.tablet.sees("Why?")
        self.tablet.tap(reason)
        self.tablet.tap("Report as missing")
        self.tablet.hides("Report as missing")

    def weigh_and_close(self) -> None:
        """With the weight the articles should have."""
        self.tablet.tap("Weigh and close")
        self.tablet.sees("Weight of parcel")
        self.tablet.tap("Take it")
        self.tablet.tap("Close the parcel")
        self.tablet.sees("Print the label")

    def print_papers(self, folder: Path) -> dict[str, bytes]:
        """Label as PDF, label for a label printer, packing slip: the files the browser got."""
        papers = {}
        for button in ("Print the label", "Label printer (ZPL)", "Packing slip"):
            with self.tablet.page.expect_download() as caught:
                self.tablet.tap(button, exact=True)
            papers[button] = content(caught.value, folder)
            self.tablet.sees("Sent to the printer.")
        self.tablet.tap("Done", exact=True)
        self.tablet.hides("Packing slip")
        return papers


def content(download: Download, folder: Path) -> bytes:
    path = folder / download.suggested_filename
    download.save_as(path)
    return path.read_bytes()
