"""Keys of the page become scans, other keys are handed on, and a scan presses no button."""

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


async def test_the_enter_of_a_scan_presses_no_button_and_a_person_does() -> None:
    stream, clicks = ScanStream(), []
    clock = [0.0]

    def main(page: ft.Page) -> None:
        page.data = WedgeScanner(page, stream, now_ms=lambda: clock[0])
        page.add(ft.Button("Short pick", key="short", on_click=lambda: clicks.append(clock[0])))

    async with flet_main(main) as h:
        await h.click("short")
        await h.scan("4006381333931")
        clock[0] += 20
        await h.click("short")
        clock[0] += 500
        await h.click("short")
        assert clicks == [0.0, 520.0]
