"""A failing screen, part or handler shows a sentence with a code, and the session goes on."""

from typing import Any

import flet as ft

from app.state import I18n
from app.ui import UiState, part, provide, row, screen, use_translations
from app.ui.faults import catch_faults, start
from tests.support.flet_harness import flet_app, flet_main, flet_part, flet_screen


@screen
def Fragile() -> ft.View:
    ready, _set = ft.use_state(True)
    params = ft.use_route_params()
    count, set_count = ft.use_state(0)
    if params["id"] == "bad":
        raise ValueError("spoilt")
    return ft.View(
        route=ft.use_view_path(),
        controls=[
            ft.Text(f"{params['id']}: {count} {ready}", key="fragile-text"),
            ft.Button("Count", key="fragile-count-button", on_click=lambda: set_count(count + 1)),
        ],
    )


async def test_a_screen_that_fails_shows_a_code_and_leads_back() -> None:
    async with flet_screen(Fragile, "/pick/:id", route="/pick/1") as h:
        await h.click("fragile-count-button")
        await h.go("/pick/bad")
        assert any("Report the code UI-" in text for text in h.texts())
        assert len(h.errors) == 1
        h.errors.clear()
        await h.click("fault-back-button")
        await h.until(lambda: h.has("other-screen"))
        await h.go("/pick/2")
        assert h.find("fragile-text").value == "2: 0 True"


async def test_another_id_on_the_same_route_starts_with_fresh_state() -> None:
    async with flet_screen(Fragile, "/pick/:id", route="/pick/1") as h:
        await h.click("fragile-count-button")
        assert h.find("fragile-text").value == "1: 1 True"
        await h.go("/pick/2")
        assert h.find("fragile-text").value == "2: 0 True"


@part
def Shaky(broken: bool) -> ft.Control:
    _ = use_translations()
    if broken:
        raise ValueError("spoilt")
    return ft.Text(_("Fine"), key="shaky-text")


@part
def Around() -> ft.Control:
    broken, set_broken = ft.use_state(False)
    return ft.Column(
        [
            ft.Button("Toggle", key="around-toggle-button", on_click=lambda: set_broken(not broken)),
            Shaky(broken),
            ft.Text("the rest", key="around-rest"),
        ]
    )


async def test_a_part_that_fails_leaves_the_rest_alone_and_recovers() -> None:
    async with flet_part(Around) as h:
        await h.click("around-toggle-button")
        assert h.has("fault-line")
        assert h.has("around-rest")
        h.errors.clear()
        await h.click("around-toggle-button")
        assert h.find("shaky-text").value == "Fine"


drawn: list[str] = []


@row
def Line(name: str) -> ft.Control:
    drawn.append(name)
    return ft.Text(name)


@part
def Lines() -> ft.Control:
    names, set_names = ft.use_state(("a", "b", "c"))
    return ft.Column(
        [
            ft.Button("Change", key="lines-change-button", on_click=lambda: set_names(("a", "B", "c"))),
            *[Line(name, key=f"lines-{at}-row") for at, name in enumerate(names)],
        ]
    )


async def test_only_the_row_that_changed_is_drawn_again() -> None:
    async with flet_part(Lines) as h:
        drawn.clear()
        await h.click("lines-change-button")
        assert drawn == ["B"]
        assert h.texts()[-3:] == ["a", "B", "c"]


async def test_a_fault_in_a_handler_opens_a_dialog_and_the_session_lives() -> None:
    def fail() -> None:
        raise ValueError("spoilt")

    @ft.component
    def App() -> Any:
        count, set_count = ft.use_state(0)
        controls: list[ft.BaseControl] = [
            ft.Button("Fail", key="fail", on_click=fail),
            ft.Button(f"Count {count}", key="count", on_click=lambda: set_count(count + 1)),
        ]
        return provide(UiState(), lambda: [ft.View(route="/", controls=controls)])

    def main(page: ft.Page) -> None:
        catch_faults(page, I18n("en"))
        page.render_views(App)

    async with flet_main(main) as h:
        await h.click("fail")
        assert h.has("fault-dialog")
        h.errors.clear()
        await h.click("fault-close-button")
        assert not h.has("fault-dialog")
        await h.click("count")
        assert "Count 1" in h.texts()


async def test_a_fault_in_background_work_is_shown() -> None:
    async def loop() -> None:
        raise ValueError("spoilt")

    async with flet_main(lambda page: start(page, I18n("en"), loop) and None) as h:
        await h.until(lambda: h.has("fault-dialog"))
        assert any("spoilt" in line for line in h.errors)
        h.errors.clear()


async def test_without_a_router_an_app_of_plain_views_works() -> None:
    @ft.component
    def App() -> Any:
        return provide(UiState(), lambda: [ft.View(route="/", controls=[Around()])])

    async with flet_app(App) as h:
        assert h.has("around-rest")


@part
def Orphan() -> ft.Control:
    return ft.Text(use_translations()("Fine"), key="orphan-text")


@ft.component
def Bare() -> ft.Control:
    """No `provide` anywhere above, as for what stood in a sheet that was closed."""
    count, set_count = ft.use_state(0)
    return ft.Column([
        ft.Text(f"{count}", key="count-text"),
        ft.Button("Count", key="count-button", on_click=lambda: set_count(count + 1)),
        Orphan(key=f"{count}"),
    ])  # fmt: skip


async def test_a_part_that_has_left_the_page_draws_nothing_and_does_not_end_the_session() -> None:
    async with flet_app(Bare) as h:
        await h.click("count-button")
        assert h.find("count-text").value == "1"
        assert not h.has("orphan-text")
