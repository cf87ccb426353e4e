"""A bug becomes a code that is the same wherever it happens again, and nothing ends in silence."""

import asyncio

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
