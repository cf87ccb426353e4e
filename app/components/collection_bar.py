"""The one next thing to do with an order to collect, and the few other things that may be done with it now."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import flet as ft

from app.components.buttons import ActionBar, primary_button, secondary_button
from app.i18n import Translations
from app.queries.collection import CollectionView, PartStep, Step, step_of
from core.domain.lifecycle import CollectionState

OVER = (CollectionState.COLLECTED, CollectionState.REFUSED, CollectionState.CANCELLED)


@dataclass(frozen=True, eq=False)
class CollectionPresses:
    """`open`: the sheet of this name: "shelf", "extend", "here", "locker", "tell"."""

    go: Callable[[str], Any]
    open: Callable[[str], Any]
    scan: Callable[[], Any]
    all_back: Callable[[], Any]
    drop: Callable[[], Any]


def collection_bar(_: Translations, view: CollectionView, presses: CollectionPresses, online: bool) -> Any:
    step = step_of(view)
    buttons = _locker(_, view, presses, step, online) or _buttons(_, view, presses, step)
    return ActionBar(buttons)


def _buttons(_: Translations, view: CollectionView, presses: CollectionPresses, step: Step) -> list[ft.Control]:
    match step:
        case Step.PICK:
            part = next(part for part in view.parts if part.step is PartStep.PICK)
            route = f"/run/{part.run_id}" if part.run_id else f"/wave?order={part.fulfilment_id}"
            text = _("Open its pick run") if part.run_id else _("Pick its articles")
            return [primary_button(text, ft.Icons.SHOPPING_BASKET, lambda: presses.go(route), "collection-pick-button")]
        case Step.PUT_AWAY:
            shelf = lambda: presses.open("shelf")  # noqa: E731
            return [primary_button(_("Put it on a shelf"), ft.Icons.SHELVES, shelf, "collection-shelf-button")]
        case Step.HAND_OVER:
            over = _over(view, presses)
            return [primary_button(_("Hand it over"), ft.Icons.SHOPPING_BAG, over, "collection-hand-over-button")]
        case Step.PUT_BACK:
            scan = secondary_button(
                _("Camera or code"), ft.Icons.QR_CODE_SCANNER, presses.scan, "collection-scan-button"
            )
            text = _("All are back on the shelf")
            return [scan, primary_button(text, ft.Icons.DONE_ALL, presses.all_back, "collection-back-button")]
        case Step.WAIT if view.item.missing:
            text = _("Scan the parcel that arrived")
            return [primary_button(text, ft.Icons.QR_CODE_SCANNER, presses.scan, "collection-scan-button")]
        case _:
            home = lambda: presses.go("/collect")  # noqa: E731
            return [primary_button(_("Back to the list"), ft.Icons.LIST, home, "collection-list-button")]


def _locker(
    _: Translations, view: CollectionView, presses: CollectionPresses, step: Step, online: bool
) -> list[ft.Control]:
    """Offline nobody can promise a compartment: the button is off, and the page says why."""
    shelf = secondary_button(
        _("Put it on a shelf"), ft.Icons.SHELVES, lambda: presses.open("shelf"), "collection-shelf-button"
    )
    if step is Step.ASK_LOCKER:
        ask = (lambda: presses.open("locker")) if online else None
        return [shelf, primary_button(_("Ask for a compartment"), ft.Icons.LOCK_OPEN, ask, "collection-locker-button")]
    if step is Step.ASKING_LOCKER:
        return [shelf, primary_button(_("Asking the locker"), ft.Icons.HOURGLASS_TOP, None, "collection-locker-button")]
    if step is Step.DROP:
        name = view.locker_ask.param("compartment") if view.locker_ask else ""
        text = _("It is in compartment {name}").format(name=name)
        return [shelf, primary_button(text, ft.Icons.LOCK, presses.drop, "collection-drop-button")]
    return []


def _over(view: CollectionView, presses: CollectionPresses) -> Callable[[], Any]:
    return lambda: presses.go(f"/collect/{view.item.id}/hand-over")


def more_buttons(_: Translations, view: CollectionView, presses: CollectionPresses) -> list[ft.Control]:
    """Beside the next thing, never instead of it."""
    state, found = view.item.state, list[ft.Control]()
    early = step_of(view) in (Step.PUT_AWAY, Step.ASK_LOCKER, Step.PUT_BACK) and state not in OVER
    if early and any(line.open for line in view.lines):
        text, over = _("Hand over now"), _over(view, presses)
        found.append(secondary_button(text, ft.Icons.SHOPPING_BAG, over, "collection-early-button"))
    if state not in (*OVER, CollectionState.EXPIRED) and view.item.waiting_since is None:
        here = lambda: presses.open("here")  # noqa: E731
        text = _("The customer is here")
        found.append(secondary_button(text, ft.Icons.PERSON_PIN_CIRCLE, here, "collection-here-button"))
    if state is CollectionState.READY and view.email:
        tell = lambda: presses.open("tell")  # noqa: E731
        text = _("Send a message again")
        found.append(secondary_button(text, ft.Icons.FORWARD_TO_INBOX, tell, "collection-resend-button"))
    begun = any(line.back < line.open for line in view.lines) and state is CollectionState.EXPIRED
    if state is CollectionState.READY or (state is CollectionState.EXPIRED and not begun):
        extend = lambda: presses.open("extend")  # noqa: E731
        found.append(secondary_button(_("More time"), ft.Icons.MORE_TIME, extend, "collection-extend-button"))
    if view.parts and any(part.shelf for part in view.parts) and state is CollectionState.READY:
        move = lambda: presses.open("shelf")  # noqa: E731
        found.append(secondary_button(_("Move to another shelf"), ft.Icons.SHELVES, move, "collection-move-button"))
    return found
