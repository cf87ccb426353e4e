"""The stop to fetch now, to be read at arm's length: where, what, in which size and colour, how many, for whom."""

from collections.abc import Callable

import flet as ft

from app.components.article import ArticlePicture
from app.components.buttons import icon_button
from app.components.run_board import ArticleView, CountView, RunBoard
from app.i18n import Translations
from app.state.cell import use_cell
from app.theme import RADIUS, SPACE_M, SPACE_S, SPACE_XS, bold
from app.ui import part, use_form_factor, use_translations
from app.ui.beside import beside

# Sizes of picture, place and count, variant, words.
PICTURE_DP = {"phone": 96, "tablet": 240}
PLACE_SIZE = {"phone": 34, "tablet": 52}
VARIANT_SIZE = {"phone": 24, "tablet": 34}
WORD_SIZE = {"phone": 16, "tablet": 22}
MOST_SHARES = 4  # lines for orders of a summed pick: those still waiting come first


@part
def StopCard(board: RunBoard, compact: bool, on_undo: Callable[[], None]) -> ft.Control:
    """`compact`: without picture, where the camera or a low screen leaves no room for it."""
    return ft.Container(
        ft.Column([_Article(board, compact), _Counts(board, on_undo)], spacing=SPACE_S, tight=True),
        bgcolor=ft.Colors.SURFACE_CONTAINER_LOW,
        border_radius=RADIUS,
        padding=SPACE_S if compact else SPACE_M,
        key="pick-stop-card",
    )


@part
def _Article(board: RunBoard, compact: bool) -> ft.Control:
    _, size, view = use_translations(), use_form_factor(), use_cell(board.article)
    if view is None:
        head = board.head.value
        done = _("Everything is fetched.") if head and head.asked else _("Nothing is to be fetched in this run.")
        return ft.Text(done, key="pick-empty-text", style=bold(size=WORD_SIZE[size]))
    place = ft.Text(
        view.place or "-", key="pick-place-text", style=bold(size=PLACE_SIZE[size]), color=ft.Colors.PRIMARY
    )
    variant = ft.Text(_what(view), key="pick-variant-text", style=bold(size=VARIANT_SIZE[size]))
    name = ft.Text(view.name, key="pick-name-text", style=bold(size=WORD_SIZE[size]), max_lines=3)
    zone = ft.Text(_zone(_, view), key="pick-stock-text", style=bold(size=WORD_SIZE[size]), color=ft.Colors.PRIMARY)
    if compact:
        line = ft.Row([place, variant], wrap=True, spacing=SPACE_M, run_spacing=0)
        return ft.Column([line, name], spacing=0, tight=True)
    said = ft.Column([zone, place, variant, name], spacing=0, expand=True, tight=True)
    return ft.Row(
        [ArticlePicture(view, PICTURE_DP[size]), said],
        spacing=SPACE_M,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )


def _zone(_: Translations, view: ArticleView) -> str:
    stock = _.ngettext("{n} on the shelf", "{n} on the shelf", view.shelf).format(n=_.number(view.shelf))
    return beside(view.zone or _("Place unknown"), stock)


def _what(view: ArticleView) -> str:
    return beside(view.colour, view.size) or view.sku


@part
def _Counts(board: RunBoard, on_undo: Callable[[], None]) -> ft.Control:
    _, size, view = use_translations(), use_form_factor(), use_cell(board.count)
    if view is None:
        return ft.Container()
    # Translators: units in hand of units to fetch at this stop, in large type
    counted = _("{taken} of {asked}").format(taken=view.held, asked=view.wanted)
    line: list[ft.Control] = [
        ft.Text(counted, key="pick-count-text", style=bold(size=PLACE_SIZE[size])),
        ft.Text(_for_whom(_, view), key="pick-orders-text", style=bold(size=WORD_SIZE[size]), expand=True),
    ]
    if view.held:
        line.append(icon_button(ft.Icons.UNDO, _("Undo the last unit"), on_undo, "pick-undo-button"))
    counts = ft.Row(line, spacing=SPACE_M, vertical_alignment=ft.CrossAxisAlignment.CENTER)
    if not view.shelf_first:
        return counts
    shelf = ft.Text(
        _("Scan the shelf first."), key="pick-shelf-text", style=bold(size=WORD_SIZE[size]), color=ft.Colors.ERROR
    )
    return ft.Column([shelf, counts], spacing=SPACE_XS, tight=True)


def _for_whom(_: Translations, view: CountView) -> str:
    missing = _.ngettext("{n} missing", "{n} missing", view.short).format(n=view.short) if view.short else ""
    if len(view.shares) == 1:
        tote, short_id, _taken, _wanted = view.shares[0]
        order = _("Tote {tote} · order {short_id}").format(tote=tote, short_id=short_id)
        return "\n".join(filter(None, (order, missing)))
    # Translators: one line for each order of a summed pick: tote, order, units in hand of units wanted
    each = _("Tote {tote} · {short_id}: {taken} of {wanted}")
    shown = view.shares[:MOST_SHARES]
    shares = [
        each.format(tote=tote, short_id=short_id, taken=taken, wanted=wanted) for tote, short_id, taken, wanted in shown
    ]
    rest = len(view.shares) - len(shown)
    if rest:
        shares.append(_.ngettext("and {n} more order", "and {n} more orders", rest).format(n=_.number(rest)))
    return "\n".join(filter(None, (*shares, missing)))
