"""The walk of a run as a list: what is done, what comes; a tap aims at a stop. Only rows that differ draw again."""

from collections.abc import Callable

import flet as ft

from app.components.run_board import RunBoard, StopRowView
from app.i18n import Translations
from app.state.cell import Cell, use_cell
from app.theme import SPACE_S, bold, regular
from app.ui import key, part, row, use_translations
from app.ui.beside import beside

ROW_HEIGHT_DP = 76
Aim = Callable[[str], None]


@part
def StopList(board: RunBoard, on_aim: Aim) -> ft.Control:
    """Redraws only when the walk itself changed."""
    ids = use_cell(board.stop_ids)
    return ft.ListView(
        [StopRow(board.rows[stop_id], on_aim, key=key("pick", stop_id, "stop")) for stop_id in ids],
        key="pick-stop-list",
        ref=board.listed,
        item_extent=ROW_HEIGHT_DP,
        padding=ft.Padding.symmetric(vertical=SPACE_S),
        expand=True,
    )


async def follow(board: RunBoard) -> None:
    """Scrolls so that the aimed stop and the one before it are seen."""
    article = board.article.value
    if board.listed.current is not None and board.stop_ids.value and article is not None:
        await board.listed.current.scroll_to(offset=max(0, article.index - 1) * ROW_HEIGHT_DP, duration=200)


@row
def StopRow(cell: Cell[StopRowView], on_aim: Aim) -> ft.Control:
    _, view = use_translations(), use_cell(cell)
    icon = ft.Icons.CHECK_CIRCLE if view.done else ft.Icons.RADIO_BUTTON_UNCHECKED
    if view.aimed:
        icon = ft.Icons.MY_LOCATION
    elif view.done and view.short:
        icon = ft.Icons.REMOVE_CIRCLE_OUTLINE
    return ft.ListTile(
        leading=icon,
        title=beside(view.where, view.variant),
        subtitle=beside(_counted(_, view), view.name),
        title_text_style=bold(size=15, color=ft.Colors.ON_SURFACE),
        subtitle_text_style=regular(size=14, color=ft.Colors.ON_SURFACE_VARIANT),
        selected=view.aimed,
        selected_tile_color=ft.Colors.SECONDARY_CONTAINER,
        selected_color=ft.Colors.ON_SECONDARY_CONTAINER,
        on_click=lambda: on_aim(view.id),
        key=key("pick", view.index, "tile"),
    )


def _counted(_: Translations, view: StopRowView) -> str:
    # Translators: units in hand of units asked for
    counted = _("{taken} of {asked}").format(taken=view.taken, asked=view.asked)
    if not view.short:
        return counted
    return counted + ", " + _.ngettext("{n} missing", "{n} missing", view.short).format(n=view.short)
