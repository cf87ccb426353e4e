"""A small program with nothing but the devices, for the browser tests of the foundation."""

import flet as ft

from app.devices.keyboard import WedgeScanner
from app.devices.profile import address_parameter, profile_key
from app.devices.scanning import Scan
from app.main import BEHIND, ui_of
from app.theme import apply_theme
from app.ui import CameraView, FlashFrame, provide, screen, use_scans, use_translations, use_ui
from app.ui.faults import catch_faults


@screen
def Desk() -> ft.View:
    _, ui, page = use_translations(), use_ui(), ft.context.page
    nothing: tuple[str, ...] = ()
    seen, set_seen = ft.use_state(nothing)
    opened, set_opened = ft.use_state(False)
    text, set_text = ft.use_state("")

    def heard(scan: Scan) -> None:
        set_seen(lambda before: (*before, f"{scan.source} read {scan.text}"))
        ui.feedback.give("ok")

    def switch() -> None:
        ui.i18n.language = "ar" if ui.i18n.language == "en" else "en"
        page.rtl = ui.i18n.language == "ar"

    use_scans(heard)
    controls: list[ft.Control] = [
        ft.Text(f"profile {page.data['key']}, pairing {page.data['pair']}"),
        ft.Text(f"language {_.language.own_name}"),
        ft.TextField(label="Type here", value=text, on_change=lambda e: set_text(e.data)),
        ft.Text(f"field holds [{text}]"),
        ft.Row([
            ft.FilledButton("Camera", on_click=lambda: set_opened(True)),
            ft.FilledButton("Language", on_click=switch),
            ft.FilledButton("Detail", on_click=lambda: page.navigate("/detail/7")),
            ft.FilledButton("Fail", on_click=lambda: [][1]),
        ]),
        *[ft.Text(line) for line in seen],
    ]  # fmt: skip
    if opened:
        controls.append(CameraView(lambda: set_opened(False)))
    return ft.View(
        route=ft.use_view_path(),
        appbar=ft.AppBar(title=ft.Text(f"Desk {_.language.own_name}")),
        controls=[FlashFrame(ft.Column(controls))],
    )


@screen
def Detail() -> ft.View:
    number = ft.use_route_params()["id"]
    count, set_count = ft.use_state(0)
    ask, set_ask = ft.use_state(False)
    broken, set_broken = ft.use_state(False)
    if broken:
        raise ValueError("spoilt")
    close = ft.TextButton("Yes", on_click=lambda: set_ask(False))
    ft.use_dialog(ft.AlertDialog(title=ft.Text("Really?"), actions=[close], modal=True) if ask else None)
    return ft.View(
        route=ft.use_view_path(),
        appbar=ft.AppBar(title=ft.Text(f"Detail {number}")),
        controls=[
            ft.Text(f"count {count}"),
            ft.FilledButton("Count", on_click=lambda: set_count(count + 1)),
            ft.FilledButton("Ask", on_click=lambda: set_ask(True)),
            ft.FilledButton("Next", on_click=lambda: ft.context.page.navigate("/detail/8")),
            ft.FilledButton("Break", on_click=lambda: set_broken(True)),
        ],
    )


ROUTES = [ft.Route(path="/", component=Desk, children=[ft.Route(path="detail/:id", component=Detail)])]


async def main(page: ft.Page) -> None:
    ui = ui_of(page)
    page.on_app_lifecycle_state_change = lambda event: setattr(ui.in_front, "value", event.state not in BEHIND)
    page.data = {"key": await profile_key(page), "pair": address_parameter(page, "pair"), "ui": ui}
    page.data["wedge"] = WedgeScanner(page, ui.scans)
    catch_faults(page, ui.i18n)

    @ft.component
    def App() -> ft.Control:
        return provide(ui, lambda: ft.Router(ROUTES, manage_views=True))

    page.render_views(App)


if __name__ == "__main__":
    ft.run(main, before_main=apply_theme, view=ft.AppView.WEB_BROWSER, no_cdn=True, assets_dir="../../assets")
