"""Keys of the page become scans, and other keys are handed on."""

import flet as ft

from app.devices.keyboard import WedgeScanner
from app.devices.scanning import ScanStream
from tests.support.flet_harness import flet_main


async def test_a_burst_on_the_page_is_published_and_other_keys_are_offered() -> None:
    stream, heard, keys = ScanStream(), [], []
    stream.subscribe(lambda scan: heard.append(scan.text))

    def main(page: ft.Page) -> None:
        page.data = WedgeScanner(page, stream, on_key=lambda event: keys.append(event.key))

    async with flet_main(main) as h:
        await h.scan("P-12ab")
        await h.key("Escape")
        await h.key("A", ctrl=True)
        assert heard == ["P-12ab"]
        assert keys[-1] == "Escape"
