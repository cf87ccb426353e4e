"""The app asks the platform what its user reads; a platform that tells nothing is no fault."""

from typing import Any

import flet as ft
import pytest

from app.devices.spoken import preferred_languages
from tests.support.flet_harness import ClientSideError, device_info, flet_main


@pytest.mark.parametrize(
    ("told", "read"), [(device_info("da", "fr"), ["da", "fr"]), (device_info(), [])], ids=["two", "none"]
)
async def test_languages_come_in_the_order_of_the_platform(told: dict[str, Any], read: list[str]) -> None:
    found: list[str] = []

    async def main(page: ft.Page) -> None:
        found.extend(await preferred_languages(page))

    async with flet_main(main, answers={"get_device_info": lambda _: told}):
        assert found == read


async def test_a_platform_that_does_not_answer_keeps_nobody_waiting() -> None:
    async def main(page: ft.Page) -> None:
        assert await preferred_languages(page) == []

    def silent(_arguments: Any) -> None:
        raise ClientSideError("not known here")

    async with flet_main(main, answers={"get_device_info": silent}):
        pass
