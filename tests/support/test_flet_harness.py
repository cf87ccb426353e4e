"""The harness itself: it sees what is drawn, acts like a person, and does not hide a dead session."""

import flet as ft
import pytest

from tests.support.flet_harness import flet_app, flet_main, flet_part


@ft.component
def Counter() -> ft.Control:
    count, set_count = ft.use_state(0)
    name, set_name = ft.use_state("")
    return ft.Column(
        [
            ft.Text(f"{count} done for {name}", key="counter-text"),
            ft.Button("Add", key="counter-add-button", on_click=lambda: set_count(count + 1)),
            ft.Button("Off", key="counter-off-button", disabled=True, on_click=lambda: None),
            ft.TextField(label="Name", key="counter-name-field", value=name, on_change=lambda e: set_name(e.data)),
        ]
    )


@ft.component
def App() -> list[ft.View]:
    return [ft.View(route="/", controls=[Counter()])]


async def test_a_click_and_typing_redraw_the_text() -> None:
    async with flet_app(App) as h:
        await h.click("counter-add-button")
        await h.type("counter-name-field", "Ada")
        assert h.find("counter-text").value == "1 done for Ada"
        assert "Name" in h.texts()


async def test_counters_tell_what_one_click_cost() -> None:
    async with flet_app(App) as h:
        h.mark()
        assert h.patch_bytes == 0
        assert h.controls_built == 0
        await h.click("counter-add-button")
        assert 0 < h.patch_bytes < 300
        assert 0 < h.controls_built < 20


async def test_a_person_cannot_press_what_is_disabled_or_absent() -> None:
    async with flet_part(Counter) as h:
        with pytest.raises(AssertionError, match="disabled"):
            await h.click("counter-off-button")
        with pytest.raises(AssertionError, match="no control has key"):
            await h.click("nowhere")


async def test_a_component_that_raises_on_redraw_is_reported_as_a_dead_loop() -> None:
    @ft.component
    def Fragile() -> ft.Control:
        broken, set_broken = ft.use_state(False)
        if broken:
            raise ValueError("spoilt")
        return ft.Button("Break", key="break", on_click=lambda: set_broken(True))

    with pytest.raises(AssertionError, match="update loop died"):
        async with flet_part(Fragile) as h:
            await h.click("break")


async def test_a_handler_that_raises_is_reported() -> None:
    def fail() -> None:
        raise ValueError("spoilt")

    async with flet_main(lambda page: page.add(ft.Button("Go", key="go", on_click=fail))) as h:
        await h.click("go")
        assert any("spoilt" in line for line in h.errors)
        h.errors.clear()


async def test_preferences_and_routes_behave_like_a_client() -> None:
    async def main(page: ft.Page) -> None:
        preferences = ft.SharedPreferences()
        await preferences.set("colour", "green")
        seen = ft.Text(str(await preferences.get("colour")))
        page.on_route_change = lambda e: setattr(seen, "value", e.route)
        page.add(seen)
        await page.push_route("/next")

    async with flet_main(main) as h:
        assert h.page.route == "/next"
        assert h.texts() == ["/next"]
