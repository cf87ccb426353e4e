"""A pick run that is not being walked here: paused, a colleague's, finished, or unknown; and the way on from each."""

from collections.abc import Callable

import flet as ft

from app.components.buttons import ActionBar, primary_button
from app.components.progress import EmptyState
from app.components.run_bar import RunPresses
from app.components.run_board import RunBoard, Stage
from app.i18n import Translations
from app.queries.run import RunView
from app.state.cell import use_cell
from app.theme import SPACE_M
from app.ui import key, part, use_translations

Go = Callable[[str], None]


@part
def RunStage(board: RunBoard, presses: RunPresses, may_take_over: bool, go: Go) -> ft.Control:
    """`go(route)`: leaves for another screen."""
    _, stage, head = use_translations(), use_cell(board.stage), use_cell(board.head)
    holder = head.holder if head else ""
    match stage:
        case Stage.PAUSED:
            words = (ft.Icons.PAUSE_CIRCLE, _("This run is paused."), _("What is picked is kept."))
            button = primary_button(_("Go on"), ft.Icons.PLAY_ARROW, presses.resume, "pick-resume-button")
        case Stage.TAKEN:
            text = _("Ask your colleague before you take it over.")
            if not may_take_over:
                text = _("You have no permission to take it over.")
            words = (ft.Icons.PERSON, _("{name} has this run.").format(name=holder), text)
            take = presses.take_over if may_take_over else None
            button = primary_button(_("Take over"), ft.Icons.SWAP_HORIZ, take, "pick-take-over-button")
        case Stage.FINISHED:
            return _finished(_, board, go)
        case _:
            words = (ft.Icons.HELP_OUTLINE, _("This pick run is not known any more."),
                     _("It was finished elsewhere, or it belongs to another store."))  # fmt: skip
            button = _to_work(_, go)
    return _page(EmptyState(*words), button)


def _finished(_: Translations, board: RunBoard, go: Go) -> ft.Control:
    """Orders to put away or to pack, one tap away; else back to the work list."""
    view = board.view
    waiting = view.to_pack if view else ()
    ways = _ways(_, view)
    text = _("Nothing of it is left to pack.")
    if waiting:
        text = _.ngettext("{n} order is ready to be packed.", "{n} orders are ready to be packed.", len(waiting))
        text = text.format(n=_.number(len(waiting)))
    elif ways:
        text = _("What customers fetch here goes to its shelf.")
    lines: list[ft.Control] = [EmptyState(ft.Icons.CHECK_CIRCLE, _("This run is finished."), text)]
    lines += [
        ft.OutlinedButton(words, icon=icon, height=56, on_click=_to(go, route), key=key("pick", route, "way"))
        for words, icon, route in ways[1:]
    ]
    page = ft.Column(
        lines, spacing=SPACE_M, scroll=ft.ScrollMode.AUTO, horizontal_alignment=ft.CrossAxisAlignment.CENTER
    )
    if not ways:
        return _page(page, _to_work(_, go))
    words, icon, route = ways[0]
    return _page(page, primary_button(words, icon, _to(go, route), "pick-pack-button"))


def _ways(_: Translations, view: RunView | None) -> list[tuple[str, ft.IconData, str]]:
    """(words, icon, route) of each order in hand: what customers fetch first, it has a shelf to go to."""
    found: list[tuple[str, ft.IconData, str]] = []
    for collection_id, short_id in view.to_put_away if view else ():
        words = _("Put order {short_id} on its shelf").format(short_id=short_id)
        found.append((words, ft.Icons.SHELVES, f"/collect/{collection_id}"))
    for order, short_id in view.to_pack if view else ():
        found.append((_("Pack order {short_id}").format(short_id=short_id), ft.Icons.INVENTORY_2, f"/pack/{order}"))
    return found


def _to_work(_: Translations, go: Go) -> ft.Control:
    return primary_button(_("Back to the work list"), ft.Icons.LIST, lambda: go("/"), "pick-work-button")


def _to(go: Go, route: str) -> Callable[[], None]:
    return lambda: go(route)


def _page(content: ft.Control, button: ft.Control) -> ft.Control:
    middle = ft.Container(content, expand=True, alignment=ft.Alignment.CENTER)
    return ft.Column([middle, ActionBar([button])], expand=True, spacing=0,
                     horizontal_alignment=ft.CrossAxisAlignment.STRETCH)  # fmt: skip
