"""A pick run that is not being walked here: paused, a colleague's, finished, or unknown; and the way on from each."""

from collections.abc import Callable

import flet as ft

from app.components.buttons import ActionBar, primary_button
from app.components.progress import EmptyState
from app.components.run_bar import RunPresses
from app.components.run_board import RunBoard, Stage
from app.i18n import Translations
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
    """Orders to pack, one tap away; else back to the work list."""
    view = board.view
    waiting = view.to_pack if view else ()
    text = _("Nothing of it is left to pack.")
    if waiting:
        text = _.ngettext("{n} order is ready to be packed.", "{n} orders are ready to be packed.", len(waiting))
        text = text.format(n=_.number(len(waiting)))
    lines: list[ft.Control] = [EmptyState(ft.Icons.CHECK_CIRCLE, _("This run is finished."), text)]
    lines += [
        ft.OutlinedButton(
            _("Pack order {short_id}").format(short_id=short_id), icon=ft.Icons.INVENTORY_2, height=56,
            on_click=_to(go, f"/pack/{order}"), key=key("pick", order, "pack"),
        )
        for order, short_id in waiting[1:]
    ]  # fmt: skip
    page = ft.Column(
        lines, spacing=SPACE_M, scroll=ft.ScrollMode.AUTO, horizontal_alignment=ft.CrossAxisAlignment.CENTER
    )
    if not waiting:
        return _page(page, _to_work(_, go))
    first, short_id = waiting[0]
    text = _("Pack order {short_id}").format(short_id=short_id)
    return _page(page, primary_button(text, ft.Icons.INVENTORY_2, lambda: go(f"/pack/{first}"), "pick-pack-button"))


def _to_work(_: Translations, go: Go) -> ft.Control:
    return primary_button(_("Back to the work list"), ft.Icons.LIST, lambda: go("/"), "pick-work-button")


def _to(go: Go, route: str) -> Callable[[], None]:
    return lambda: go(route)


def _page(content: ft.Control, button: ft.Control) -> ft.Control:
    middle = ft.Container(content, expand=True, alignment=ft.Alignment.CENTER)
    return ft.Column([middle, ActionBar([button])], expand=True, spacing=0,
                     horizontal_alignment=ft.CrossAxisAlignment.STRETCH)  # fmt: skip
