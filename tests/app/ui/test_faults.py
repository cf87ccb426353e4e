"""A bug becomes a code that is the same wherever it happens again, and nothing ends in silence."""

import asyncio
import gc
import sqlite3

import flet as ft

from app.state import I18n
from app.ui.faults import catch_faults, fault_code, report, start
from tests.support.flet_harness import flet_main


def broken(value: int) -> float:
    return 1 / value


def caught(value: int) -> Exception:
    try:
        broken(value)
    except ZeroDivisionError as fault:
        return fault
    raise AssertionError


def test_the_same_bug_has_the_same_code_and_another_one_another() -> None:
    assert fault_code(caught(0)) == fault_code(caught(0))
    assert fault_code(caught(0)) != fault_code(ValueError("never raised"))


def test_a_report_is_logged_with_its_code(caplog) -> None:
    code = report(caught(0), "somewhere")
    assert code.startswith("UI-")
    assert f"{code} in somewhere" in caplog.text


async def test_a_bug_in_background_work_is_shown_with_its_code() -> None:
    async def work() -> None:
        broken(0)

    async def main(page: ft.Page) -> None:
        page.add(ft.Text("ready"))
        i18n = I18n()
        catch_faults(page, i18n)
        start(page, i18n, work)

    async with flet_main(main) as h:
        await h.until(lambda: h.has("fault-dialog"))
        assert "Something went wrong" in h.texts()
        h.errors.clear()
        await asyncio.sleep(0)


async def test_work_that_outlives_its_window_tells_nobody(caplog) -> None:
    closed = asyncio.Event()
    started: list[tuple[ft.Page, asyncio.Future[None]]] = []

    async def work() -> None:
        await closed.wait()
        started[0][0].update()

    def main(page: ft.Page) -> None:
        started.append((page, start(page, I18n(), work)))

    async with flet_main(main):
        pass
    gc.collect()
    closed.set()
    await started[0][1]
    assert "UI-" not in caplog.text


async def test_a_full_disk_is_said_once_and_heard_each_time() -> None:
    alarms: list[str] = []

    async def main(page: ft.Page) -> None:
        def full() -> None:
            raise sqlite3.OperationalError("database or disk is full")

        page.add(ft.Button("Scan", key="scan-button", on_click=full))
        catch_faults(page, I18n(), lambda: alarms.append("error"))

    async with flet_main(main) as h:
        await h.click("scan-button")
        await h.click("scan-button")
        assert h.texts().count("This was not saved") == 1
        assert alarms == ["error", "error"]
        await h.click("fault-close-button")
        assert not h.has("fault-dialog")
        await h.click("scan-button")
        assert h.has("fault-dialog")
        h.errors.clear()


async def test_an_answer_of_a_control_that_has_left_the_screen_closes_no_connection() -> None:
    def main(page: ft.Page) -> None:
        catch_faults(page, I18n("en"))

    async with flet_main(main) as app:
        app.session.handle_invoke_method_results(999_999, "call", None, None)
