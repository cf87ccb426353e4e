"""Keys of the page become scans, other keys are handed on, and a scan presses no button."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import flet as ft

from app.devices.keyboard import WedgeScanner
from app.devices.scanning import ScanStream
from app.devices.wedge import WedgeSettings
from tests.support.flet_harness import Harness, flet_main


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
    stream.subscribe(lambda scan: None)  # else the code is held for a screen that is still to come
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


async def press(h: Harness, name: str) -> None:
    data: dict[str, Any] = {"key": name, "shift": False, "ctrl": False, "alt": False, "meta": False}
    await h.session.dispatch_event(h.page._i, "keyboard_event", data)


@ft.component
def Desk() -> ft.Control:
    text, set_text = ft.use_state("")
    return ft.TextField(key="note", value=text, on_change=lambda event: set_text(event.data))


@asynccontextmanager
async def desk() -> AsyncIterator[tuple[Harness, list[str], list[float]]]:
    """A note that says "two ", typed a while ago; what is heard, and the clock in milliseconds."""
    stream, heard, clock = ScanStream(), list[str](), [1000.0]
    stream.subscribe(lambda scan: heard.append(scan.text))

    def main(page: ft.Page) -> None:
        page.data = WedgeScanner(page, stream, now_ms=lambda: clock[0])
        page.render(Desk)

    async with flet_main(main) as h:
        await h.type("note", "two ")
        clock[0] += 5000
        yield h, heard, clock


async def scan_into_the_note(h: Harness, clock: list[float], after: str) -> None:
    for at, char in enumerate("4006381333931"):
        clock[0] += 5
        await press(h, char)
        await h.type("note", after + "4006381333931"[: at + 1])


async def test_what_a_scanner_types_into_a_focused_field_is_taken_out_again() -> None:
    async with desk() as (h, heard, clock):
        await scan_into_the_note(h, clock, after="two ")
        clock[0] += 5
        await h.key("Enter")
        assert heard == ["4006381333931"]
        assert h.find("note").value == "two "
        clock[0] += 5000
        await press(h, "X")
        await h.type("note", "two x")
        clock[0] += 300
        await h.key("Enter")
        assert h.find("note").value == "two x"


async def test_a_field_that_tells_of_a_key_long_before_it_came_keeps_what_a_person_typed_just_before() -> None:
    async with desk() as (h, heard, clock):
        await h.type("note", "two x")
        clock[0] += 100
        await h.type("note", "two x4")
        clock[0] += 250
        await scan_into_the_note(h, clock, after="two x")
        await h.key("Enter")
        assert heard == ["4006381333931"]
        assert h.find("note").value == "two x"


async def test_two_scanners_at_once_are_heard_as_nothing() -> None:
    stream, heard, clock = ScanStream(), [], [1000.0]
    stream.subscribe(lambda scan: heard.append(scan.text))

    def main(page: ft.Page) -> None:
        page.data = WedgeScanner(page, stream, now_ms=lambda: clock[0])

    async with flet_main(main) as h:
        keys = []
        for name in [*"AB12CD34", "Enter", *"EF56", "Enter"]:
            clock[0] += 3
            keys.append(asyncio.create_task(press(h, name)))
            await asyncio.sleep(0)
        await asyncio.gather(*keys)
        assert heard == []
        clock[0] += 1000
        await h.scan("AB-1")
        assert heard == ["AB-1"]


async def test_a_scanner_without_an_end_key_is_heard_after_a_pause() -> None:
    stream, heard = ScanStream(), []
    stream.subscribe(lambda scan: heard.append(scan.text))

    def main(page: ft.Page) -> None:
        page.data = scanner = WedgeScanner(page, stream)
        scanner.set_up(WedgeSettings(ends="pause"))

    async with flet_main(main) as h:
        await asyncio.gather(*[press(h, char) for char in "4006381333931"])
        assert heard == ["4006381333931"]
