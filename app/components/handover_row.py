"""A parcel at the handover place, waiting or on the driver's list; what keeps it here is said beside it."""

from collections.abc import Callable
from dataclasses import dataclass

import flet as ft

from app.components.buttons import icon_button
from app.components.marks import Mark
from app.components.weight import weight_words
from app.i18n import Translations
from app.queries.handover import HandoverParcelView
from app.theme import RADIUS, SPACE_M, SPACE_S, TOUCH_TARGET_DP, bold, regular
from app.ui import key, row, use_translations
from app.ui.beside import beside

STOPPED_ICONS = {"cancelled": ft.Icons.CANCEL, "hold": ft.Icons.PAN_TOOL}


@dataclass(frozen=True, slots=True)
class HandoverCard:
    """`can_unload`: it may be taken off the list; `can_label`: its label may be printed."""

    view: HandoverParcelView
    can_unload: bool = False
    can_label: bool = False


@row
def HandoverRow(card: HandoverCard, on_unload: Callable[[HandoverParcelView], None]) -> ft.Control:
    _, view = use_translations(), card.view
    name = view.short_id or _("Unknown order")
    place = beside(view.customer, view.town)
    number = _("Parcel {number}").format(number=view.parcel_number) if view.parcel_number else ""
    facts = beside(number, weight_words(_, view.weight_g) if view.weight_g else "", _code(view))
    words: list[ft.Control] = [
        ft.Row([ft.Text(name, style=bold(size=20)), *_marks(_, view)], spacing=SPACE_M, wrap=True, run_spacing=2),
    ]
    if place:
        words.append(ft.Text(place, style=regular(size=15)))
    words.append(ft.Text(facts, style=regular(size=13), color=ft.Colors.ON_SURFACE_VARIANT))
    if card.can_label and not view.labelled:
        words.append(_label_button(_, view))
    icon = ft.Icons.CHECK_CIRCLE if view.loaded else ft.Icons.INVENTORY_2_OUTLINED
    line: list[ft.Control] = [
        ft.Icon(icon, color=ft.Colors.PRIMARY if view.loaded else ft.Colors.ON_SURFACE_VARIANT),
        ft.Column(words, spacing=2, tight=True, expand=True),
    ]
    if card.can_unload:
        take_off = _("Take {name} off the list").format(name=name)
        line.append(icon_button(ft.Icons.REMOVE_CIRCLE_OUTLINE, take_off, lambda: on_unload(view),
                                key("manifest", view.parcel_id, "unload")))  # fmt: skip
    return ft.Container(
        ft.Row(line, spacing=SPACE_M),
        key=key("manifest", view.parcel_id, "row"),
        bgcolor=ft.Colors.SURFACE_CONTAINER_LOW,
        border_radius=RADIUS,
        padding=ft.Padding.symmetric(vertical=SPACE_S, horizontal=SPACE_M),
        margin=ft.Margin.symmetric(vertical=2),
    )


def _code(view: HandoverParcelView) -> str:
    """The end of the number is what people compare."""
    return view.tracking or (f"…{view.sscc[-6:]}" if view.sscc else "")


def _marks(_: Translations, view: HandoverParcelView) -> list[ft.Control]:
    marks: list[ft.Control] = []
    if view.stopped:
        words = {"cancelled": _("Cancelled: keep it here"), "hold": _("On hold: keep it here")}
        marks.append(Mark(words[view.stopped], STOPPED_ICONS[view.stopped], strong=True))
    if not view.labelled:
        marks.append(Mark(_("Without label"), ft.Icons.LABEL_OFF, strong=True))
    return marks


def _label_button(_: Translations, view: HandoverParcelView) -> ft.Control:
    page = ft.context.page
    button = ft.TextButton(
        _("Print its label"), icon=ft.Icons.PRINT, key=key("manifest", view.parcel_id, "label"),
        on_click=lambda: page.navigate(f"/pack/{view.fulfilment_id}"), height=TOUCH_TARGET_DP,
        style=ft.ButtonStyle(padding=ft.Padding.symmetric(horizontal=0)),
    )  # fmt: skip
    return ft.Row([button])
