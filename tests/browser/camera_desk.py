"""The app's own screens on a tablet that has its work and no core, for the browser tests of the camera."""

import os
from pathlib import Path

import flet as ft

from app.context import provide_workplace
from app.main import BEHIND, ui_of
from app.screens.pick import PickScreen
from app.screens.settings import SettingsScreen
from app.screens.work_list import WorkListScreen
from app.theme import apply_theme
from app.ui import provide
from app.ui.faults import catch_faults
from tests.support.workplace import workplace

CHILDREN = [ft.Route(path="pick/:id", component=PickScreen), ft.Route(path="settings", component=SettingsScreen)]
ROUTES = [ft.Route(path="/", component=WorkListScreen, children=CHILDREN)]


async def main(page: ft.Page) -> None:
    place = workplace(Path(os.environ["FLET_APP_STORAGE_DATA"]))
    ui = ui_of(page)
    ui.sync.status = place.ui.sync.status
    place.ui = ui
    page.on_app_lifecycle_state_change = lambda event: setattr(ui.in_front, "value", event.state not in BEHIND)
    ui.viewport.measure(page.width)
    page.data = {"ui": ui, "place": place}
    catch_faults(page, ui.i18n)

    @ft.component
    def App() -> object:
        return provide(ui, lambda: provide_workplace(place.workplace, lambda: ft.Router(ROUTES, manage_views=True)))

    page.render_views(App)


if __name__ == "__main__":
    ft.run(main, before_main=apply_theme, view=ft.AppView.WEB_BROWSER, no_cdn=True, assets_dir="../../assets")
