"""What comes next at the packing table: one obvious action for each step, the others beside it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import flet as ft

from app.components.buttons import ActionBar, primary_button, secondary_button
from app.i18n import Translations
from app.queries.packing import PackingStep, PackView, without_label

Press = Callable[[], object]


@dataclass(frozen=True, slots=True)
class PackPresses:
    """`rest` is None where each unit must be scanned, and `rest_first` where no scan is asked for at all.

    `put_off`: parcels whose label comes later; `following`: (id, short id) of the next order to pack; `may`: what the
    person may do.
    """

    open_parcel: Press
    other_packaging: Press
    camera: Press | None
    rest: Press | None
    rest_first: bool
    weigh: Press
    slip: Press
    label: Callable[[str], None]
    later: Callable[[str], None]
    go: Callable[[str], None]
    put_off: frozenset[str]
    following: tuple[str, str] | None
    may: frozenset[str]


def pack_bar(_: Translations, view: PackView, step: PackingStep, presses: PackPresses) -> Any:
    if "pack" not in presses.may:
        return ActionBar([_back(_, presses)])
    match step:
        case PackingStep.STOPPED if view.to_put_back and "pick" in presses.may:
            back = lambda: presses.go(f"/put-back/{view.fulfilment_id}")  # noqa: E731
            return ActionBar([primary_button(_("Put the articles back"), ft.Icons.UNDO, back, "pack-putback-button")])
        case PackingStep.STOPPED | PackingStep.HELD:
            return ActionBar([_back(_, presses)])
        case PackingStep.CHOOSE:
            opens = primary_button(_("Open this parcel"), ft.Icons.ADD_BOX, presses.open_parcel, "pack-open-button")
            return ActionBar([opens])
        case PackingStep.FILL:
            return ActionBar(_fill(_, view, presses))
        case PackingStep.WEIGH:
            slip = secondary_button(_("Packing slip"), ft.Icons.RECEIPT_LONG, presses.slip, "pack-slip-button")
            return ActionBar([slip, _weigh(_, presses, primary_button)])
        case PackingStep.LABEL:
            return ActionBar(_label(_, view, presses))
        case PackingStep.PICK:
            return ActionBar(_pick(_, view, presses))
        case PackingStep.DONE:
            return ActionBar(_after(_, presses))


def _weigh(_: Translations, presses: PackPresses, button: Callable[..., ft.Control]) -> ft.Control:
    return button(_("Weigh and close"), ft.Icons.SCALE, presses.weigh, "pack-weigh-button")


def _fill(_: Translations, view: PackView, presses: PackPresses) -> list[ft.Control]:
    buttons: list[ft.Control] = []
    if view.open_parcel and view.open_parcel.units:
        buttons.append(_weigh(_, presses, secondary_button))
    else:
        other = _("Other packaging")
        buttons.append(secondary_button(other, ft.Icons.SWAP_HORIZ, presses.other_packaging, "pack-other-button"))
    rest = _("Put the rest in ({n})").format(n=_.number(view.to_pack))
    if presses.rest and presses.rest_first:
        return [*buttons, primary_button(rest, ft.Icons.MOVE_TO_INBOX, presses.rest, "pack-rest-button")]
    if presses.rest:
        buttons.append(secondary_button(rest, ft.Icons.MOVE_TO_INBOX, presses.rest, "pack-rest-button"))
    if presses.camera:
        scan = _("Scan with the camera")
        buttons.append(primary_button(scan, ft.Icons.PHOTO_CAMERA, presses.camera, "pack-scan-button"))
    return buttons


def _label(_: Translations, view: PackView, presses: PackPresses) -> list[ft.Control]:
    bare = next(parcel for parcel in without_label(view) if parcel.id not in presses.put_off)
    text = _("Label of parcel {number}").format(number=bare.number)
    return [
        secondary_button(_("Print it later"), ft.Icons.SCHEDULE, lambda: presses.later(bare.id), "pack-later-button"),
        primary_button(text, ft.Icons.PRINT, lambda: presses.label(bare.id), "pack-label-button"),
    ]


def _pick(_: Translations, view: PackView, presses: PackPresses) -> list[ft.Control]:
    """Back to what is still on the shelves: its run, or a new one."""
    if "pick" not in presses.may:
        return [_back(_, presses)]
    route = f"/run/{view.run_id}" if view.run_id else f"/wave?order={view.fulfilment_id}"
    text = _.ngettext("Pick {n} unit", "Pick {n} units", view.still_to_pick).format(n=_.number(view.still_to_pick))
    return [primary_button(text, ft.Icons.SHOPPING_BASKET, lambda: presses.go(route), "pack-pick-button")]


def _after(_: Translations, presses: PackPresses) -> list[ft.Control]:
    """What comes after this order: the next one to pack, else the driver."""
    hand_over = lambda: presses.go("/handover")  # noqa: E731
    may = "hand_over" in presses.may
    if presses.following is not None:
        order_id, short_id = presses.following
        text = _("Pack order {short_id}").format(short_id=short_id)
        more = primary_button(text, ft.Icons.INVENTORY_2, lambda: presses.go(f"/pack/{order_id}"), "pack-next-button")
        other = secondary_button(_("Handover"), ft.Icons.LOCAL_SHIPPING, hand_over, "pack-handover-button")
        return [other, more] if may else [more]
    if not may:
        return [_back(_, presses)]
    work = secondary_button(_("Work list"), ft.Icons.LIST, lambda: presses.go("/"), "pack-work-button")
    return [work, primary_button(_("To the handover"), ft.Icons.LOCAL_SHIPPING, hand_over, "pack-handover-button")]


def _back(_: Translations, presses: PackPresses) -> ft.Control:
    return primary_button(_("Back to the work list"), ft.Icons.LIST, lambda: presses.go("/"), "pack-work-button")
