"""What can be done at the stop, at the thumb: one next action, the others beside it, the rare ones in a menu."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import flet as ft

from app.components.buttons import ActionBar, primary_button, secondary_button
from app.components.run_board import RunBoard, Stage
from app.state.cell import use_cell
from app.ui import part, use_translations

Press = Callable[[], None]


@dataclass(frozen=True, slots=True)
class RunPresses:
    """What the buttons of a run do. `open_sheet` takes "short", "quantity", "code" or "finish"."""

    count_one: Press
    undo: Press
    finish: Press
    pause: Press
    resume: Press
    take_over: Press
    print_list: Callable[[], object]
    open_sheet: Callable[[str], None]
    camera: Callable[[bool], None]


@part
def RunBar(board: RunBoard, presses: RunPresses) -> Any:
    _, choices, camera = use_translations(), use_cell(board.choices), use_cell(board.camera)
    if choices.complete:
        finish = primary_button(_("Finish and pack"), ft.Icons.INVENTORY_2, presses.finish, "pick-finish-button")
        return ActionBar([finish])
    short = lambda: presses.open_sheet("short")  # noqa: E731
    buttons = [
        secondary_button(_("Not there"), ft.Icons.SEARCH_OFF, short if choices.stop_open else None, "pick-short-button")
    ]
    scan = lambda: presses.camera(not camera)  # noqa: E731
    if choices.free:
        many = lambda: presses.open_sheet("quantity")  # noqa: E731
        if choices.free > 1:
            buttons.append(secondary_button(_("Several"), ft.Icons.DIALPAD, many, "pick-quantity-button"))
        buttons.append(primary_button(_("Count one"), ft.Icons.EXPOSURE_PLUS_1, presses.count_one, "pick-one-button"))
        return ActionBar(buttons)
    if choices.typing:
        typed = lambda: presses.open_sheet("code")  # noqa: E731
        buttons.append(secondary_button(_("Type code"), ft.Icons.KEYBOARD, typed, "pick-type-button"))
    if not camera:
        buttons.append(primary_button(_("Scan with the camera"), ft.Icons.PHOTO_CAMERA, scan, "pick-camera-button"))
    return ActionBar(buttons)


@part
def RunMenu(board: RunBoard, presses: RunPresses) -> ft.Control:
    """Rare actions, above. What the scan rule, the role or the state does not allow is not offered."""
    _, choices, stage = use_translations(), use_cell(board.choices), use_cell(board.stage)
    offers: list[tuple[bool, str, str, ft.IconData, Callable[[], object]]] = [
        (bool(choices.free), "camera", _("Scan with the camera"), ft.Icons.PHOTO_CAMERA, lambda: presses.camera(True)),
        (choices.typing, "code", _("Type a code"), ft.Icons.KEYBOARD, lambda: presses.open_sheet("code")),
        (choices.override, "override", _("Count without scanning"), ft.Icons.DIALPAD,
         lambda: presses.open_sheet("quantity")),
        (True, "print", _("Print the pick list"), ft.Icons.PRINT, presses.print_list),
        (True, "pause", _("Pause"), ft.Icons.PAUSE, presses.pause),
        (not choices.complete, "end", _("Finish now"), ft.Icons.STOP_CIRCLE, lambda: presses.open_sheet("finish")),
    ]  # fmt: skip
    active = stage is Stage.ACTIVE
    items = [
        ft.PopupMenuItem(content=text, icon=icon, on_click=press, key=f"pick-{name}-item", height=48)
        for allowed, name, text, icon, press in offers
        if allowed
    ]
    return ft.PopupMenuButton(
        items=items,
        tooltip=_("More"),
        visible=active,
        icon=ft.Icon(ft.Icons.MORE_VERT, semantics_label=_("More")),
        key="pick-more-menu",
    )
