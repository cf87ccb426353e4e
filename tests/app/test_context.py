"""What screens reach comes from the workplace they stand in, and only on a paired device."""

from pathlib import Path

import flet as ft

from app.context import use_desk, use_person, use_reader, use_store
from app.queries.work import Reader
from app.ui import screen
from tests.support import store_world as world
from tests.support.workplace import shown, workplace

seen: dict[str, object] = {}


@screen
def LookAround() -> ft.View:
    seen["desk"], seen["reader"], seen["person"], seen["store"] = use_desk(), use_reader(), use_person(), use_store()
    return ft.View(route=ft.use_view_path(), controls=[ft.Text("looked around")])


async def test_a_screen_acts_in_the_name_of_who_is_signed_in(tmp_path: Path) -> None:
    place = workplace(tmp_path, user_id="bruno", language="fr")
    async with shown(LookAround, "/", place) as h:
        assert "looked around" in h.texts()
    assert seen["desk"].user_id == "bruno"  # type: ignore[attr-defined]
    assert seen["desk"].company_prefix == world.COMPANY_PREFIX  # type: ignore[attr-defined]
    assert seen["reader"] == Reader(world.STORE_ID, "bruno", "fr")
    assert seen["person"].id == "bruno"  # type: ignore[attr-defined]
    assert seen["store"].id == world.STORE_ID  # type: ignore[attr-defined]


async def test_acting_on_a_device_that_is_not_paired_is_a_bug_that_is_shown(tmp_path: Path) -> None:
    place = workplace(tmp_path, paired=False)
    async with shown(LookAround, "/", place) as h:
        assert h.has("fault-panel")
        h.errors.clear()
