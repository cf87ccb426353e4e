"""What was picked and is not wanted any more goes back to its shelf, by scan or all at once (PP11)."""

from typing import Any

import flet as ft

from app.actions import picking
from app.components.answer import use_answer
from app.components.article import ArticleFacts, ArticlePicture
from app.components.buttons import ActionBar, primary_button, secondary_button
from app.components.frame import frame
from app.components.page_column import PageColumn
from app.components.progress import EmptyState
from app.components.scan_sheet import use_scan_sheet
from app.context import HOW, use_desk, use_person, use_workplace
from app.devices.scanning import Scan
from app.i18n import Translations
from app.queries.run import PutBackLineView, PutBackView, put_back_view
from app.theme import RADIUS, SPACE_M, SPACE_S, bold
from app.ui import key, screen, use_query, use_scans, use_translations


@screen
def PutBackScreen() -> ft.View:
    _, workplace, desk, person = use_translations(), use_workplace(), use_desk(), use_person()
    order_id = ft.use_route_params()["id"]
    view = use_query(lambda: put_back_view(workplace.database, order_id), "work", "stock", deps=(order_id,))
    banner, answer = use_answer()
    open_sheet = use_scan_sheet(place="article")
    may = "pick" in (person.permissions if person else ())

    def hear(scan: Scan) -> None:
        if may:
            answer(picking.put_back(desk, order_id, scan.text, HOW[scan.source], desk.new_id()))

    def all_back() -> None:
        answer(picking.put_back_rest(desk, order_id))

    use_scans(hear)
    title = _("Put back")
    if view is None:
        text = _("It may have been finished long ago, or moved to another store.")
        return frame(title, EmptyState(ft.Icons.SEARCH_OFF, _("This order is not known here"), text))
    title = _("Put back {name}").format(name=view.short_id)
    if not view.lines:
        home = ActionBar([primary_button(_("Back to the work list"), ft.Icons.LIST, _home, "put-back-done-button")])
        text = _("Nothing of this order is left to put back.")
        return frame(title, _done(banner, EmptyState(ft.Icons.TASK_ALT, _("All on the shelf"), text)), home)
    bar = ActionBar([
        secondary_button(_("Camera or code"), ft.Icons.QR_CODE_SCANNER, open_sheet, "put-back-scan-button"),
        primary_button(_("All are back on the shelf"), ft.Icons.DONE_ALL, all_back, "put-back-all-button"),
    ])  # fmt: skip
    body = PageColumn([banner, _why(_, view, may), *[_line(_, line) for line in view.lines]])
    return frame(title, body, bar if may else None)


def _home() -> None:
    ft.context.page.navigate("/")


def _done(banner: Any, state: Any) -> ft.Control:
    return ft.Column([ft.Container(banner, padding=SPACE_M), state], expand=True)


def _why(_: Translations, view: PutBackView, may: bool) -> ft.Control:
    units = sum(line.units for line in view.lines)
    what = _.ngettext("{n} unit goes back to its shelf.", "{n} units go back to their shelves.", units)
    why = _("The order was cancelled.") if view.cancelled else _("More was picked than the order needs.")
    how = _("Scan each article when it lies there.") if may else _("Ask a colleague who may pick.")
    return ft.Text(" ".join((why, what.format(n=_.number(units)), how)), style=bold(size=16))


def _line(_: Translations, line: PutBackLineView) -> ft.Control:
    where = (
        _("{zone}, place {place}").format(zone=line.zone, place=line.place) if line.zone and line.place else line.zone
    )
    units = _.ngettext("{n} unit", "{n} units", line.units).format(n=_.number(line.units))
    place = ft.Row(
        [
            ft.Icon(ft.Icons.SHELVES, color=ft.Colors.PRIMARY),
            ft.Text(where or _("place unknown"), style=bold(size=18), expand=True),
        ],
        spacing=SPACE_S,
    )
    words = ft.Column(
        [place, ArticleFacts(line), ft.Text(units, style=bold(size=18))], spacing=SPACE_S, tight=True, expand=True
    )
    return ft.Container(
        ft.Row([ArticlePicture(line, 96), words], spacing=SPACE_M, vertical_alignment=ft.CrossAxisAlignment.START),
        key=key("put-back", line.line_id, "line"),
        bgcolor=ft.Colors.SURFACE_CONTAINER_LOW,
        border_radius=RADIUS,
        padding=SPACE_M,
    )
