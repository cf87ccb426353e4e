"""A browser profile is one device across visits; an address can carry a pairing code."""

import flet as ft

from app.devices.profile import INSTALLED, address_parameter, profile_key
from tests.support.flet_harness import flet_main

kept: dict[str, object] = {}


def keep(arguments: dict[str, object]) -> bool:
    kept[str(arguments["key"])] = arguments["value"]
    return True


ANSWERS = {"get": lambda arguments: kept.get(str(arguments["key"])), "set": keep}


async def visit(**options: object) -> str:
    keys: list[str] = []

    async def main(page: ft.Page) -> None:
        keys.append(await profile_key(page))

    async with flet_main(main, **options):  # type: ignore[arg-type]
        return keys[0]


async def test_a_profile_has_the_same_key_at_every_visit_and_another_has_another() -> None:
    kept.clear()
    first = await visit(answers=ANSWERS)
    assert first == await visit(answers=ANSWERS)
    kept.clear()
    assert first != await visit(answers=ANSWERS)
    assert first.isalnum()


async def test_an_installed_app_is_one_device() -> None:
    assert await visit(web=False) == INSTALLED


async def test_the_address_carries_parameters() -> None:
    async with flet_main(lambda page: None, route="/?pair=AB-12%2F3&x=") as h:
        assert address_parameter(h.page, "pair") == "AB-12/3"
        assert address_parameter(h.page, "other") is None
