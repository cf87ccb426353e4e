"""Hooks redraw exactly when what they read has changed."""

from typing import Any

import flet as ft

from app.devices.scanning import Scan, ScanStream
from app.state import FormFactor, SyncStatus
from app.ui import (
    UiState,
    part,
    provide,
    screen,
    use_form_factor,
    use_query,
    use_scans,
    use_sync_status,
    use_translations,
    use_ui,
)
from tests.support.flet_harness import flet_main, flet_part, flet_screen

reads: list[str] = []


def read(name: str) -> str:
    reads.append(name)
    return f"{name} {len(reads)}"


@part
def Shown() -> ft.Control:
    who, set_who = ft.use_state("ada")
    text = use_query(lambda: read(who), "picks", deps=(who,))
    status, _ = use_sync_status(), use_translations()
    ui = use_ui()

    def bump(topic: str) -> Any:
        return lambda: ui.changes.bump(topic)

    return ft.Column(
        [
            ft.Text(text, key="shown-text"),
            ft.Text(f"{status.connection} {use_form_factor()} {_.language.tag}", key="shown-status"),
            ft.Button("picks", key="shown-picks-button", on_click=bump("picks")),
            ft.Button("offers", key="shown-offers-button", on_click=bump("offers")),
            ft.Button("who", key="shown-who-button", on_click=lambda: set_who("bob")),
            ft.Button("fr", key="shown-language-button", on_click=lambda: setattr(ui.i18n, "language", "fr")),
        ]
    )


async def test_a_query_is_read_again_for_its_topic_and_its_deps_only() -> None:
    reads.clear()
    async with flet_part(Shown) as h:
        assert reads == ["ada"]
        await h.click("shown-offers-button")
        await h.click("shown-language-button")
        assert reads == ["ada"]
        await h.click("shown-picks-button")
        assert h.find("shown-text").value == "ada 2"
        await h.click("shown-who-button")
        assert reads == ["ada", "ada", "bob"]


async def test_language_connection_and_size_redraw() -> None:
    ui = UiState()
    async with flet_part(Shown, ui=ui) as h:
        assert h.find("shown-status").value == f"asking {FormFactor.TABLET} en"
        await h.click("shown-language-button")
        ui.sync.status = SyncStatus("offline")
        ui.viewport.measure(400)
        await h.settle()
        assert h.find("shown-status").value == f"offline {FormFactor.PHONE} fr"


@screen
def WorkList() -> ft.View:
    text = use_query(lambda: read("list"), "picks")
    return ft.View(route=ft.use_view_path(), controls=[ft.Text(text, key="list-text")])


@screen
def Detail() -> ft.View:
    ui = use_ui()
    text = use_query(lambda: read("detail"), "picks")
    button = ft.Button("Scan", key="detail-scan-button", on_click=lambda: ui.changes.bump("picks"))
    return ft.View(route=ft.use_view_path(), controls=[ft.Text(text, key="detail-text"), button])


async def test_a_covered_screen_does_not_read_and_is_true_again_when_uncovered() -> None:
    reads.clear()
    ui = UiState()

    @ft.component
    def Root() -> Any:
        routes = [ft.Route(path="/", component=WorkList, children=[ft.Route(path="pick", component=Detail)])]
        return provide(ui, lambda: ft.Router(routes, manage_views=True))

    async with flet_main(lambda page: page.render_views(Root), route="/") as h:
        await h.go("/pick")
        assert reads == ["list", "detail"]
        await h.click("detail-scan-button")
        await h.click("detail-scan-button")
        assert reads == ["list", "detail", "detail", "detail"]
        await h.go("/")
        assert h.find("list-text").value == "list 5"


async def test_a_covered_screen_hears_no_scan() -> None:
    heard: list[str] = []
    told: list[str] = []
    ui = UiState(scans=ScanStream(unheard=lambda scan: told.append(scan.text)))

    @screen
    def Below() -> ft.View:
        use_scans(lambda scan: heard.append(scan.text))
        return ft.View(route=ft.use_view_path())

    @screen
    def Above() -> ft.View:
        return ft.View(route=ft.use_view_path())

    @ft.component
    def Root() -> Any:
        routes = [ft.Route(path="/", component=Below, children=[ft.Route(path="settings", component=Above)])]
        return provide(ui, lambda: ft.Router(routes, manage_views=True))

    async with flet_main(lambda page: page.render_views(Root), route="/?pair=AB12") as h:
        await ui.scans.publish(Scan("1", "wedge"))
        await h.go("/settings")
        await ui.scans.publish(Scan("2", "wedge"))
        await h.go("/")
        await ui.scans.publish(Scan("3", "wedge"))
    assert (heard, told) == (["1", "3"], ["2"])


async def test_a_screen_hears_under_whatever_spelling_of_its_address() -> None:
    heard: list[str] = []
    ui = UiState()

    @screen
    def Listening() -> ft.View:
        use_scans(lambda scan: heard.append(scan.text))
        return ft.View(route=ft.use_view_path())

    for number, route in enumerate(("/run/7", "/run/7/", "/run/7?pair=AB12")):
        async with flet_screen(Listening, "/run/:id", ui=ui, route=route):
            await ui.scans.publish(Scan(str(number), "wedge"))
    assert heard == ["0", "1", "2"]
