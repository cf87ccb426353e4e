"""Parcels of an order on the packing table: what lies in each, whether it is closed, and whether its label is on it."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

import flet as ft

from app.components.article import ArticlePicture
from app.components.buttons import icon_button
from app.components.marks import Mark
from app.i18n import Translations
from app.queries.packing import PackLineView, ParcelView
from app.theme import RADIUS, SPACE_M, SPACE_S, SPACE_XS, bold, regular
from app.ui import key, part, row, use_translations
from app.ui.beside import beside
from core.domain.lifecycle import ParcelState


@dataclass(frozen=True, slots=True)
class ParcelPresses:
    """`unpack(parcel id, line id)`; None where the person may not. `ask`: who may take something out, else ""."""

    label: Callable[[str], None] | None
    unpack: Callable[[str, str], None] | None
    reopen: Callable[[str], None] | None
    ask: str = ""


@part
def ParcelCard(view: ParcelView, presses: ParcelPresses) -> ft.Control:
    _ = use_translations()
    is_open = view.state is ParcelState.OPEN
    # Translators: the how-manieth parcel of an order, and what it is packed in
    title = _("Parcel {number} · {packaging}").format(number=view.number, packaging=view.packaging_name)
    icon = ft.Icon(ft.Icons.INVENTORY_2_OUTLINED if is_open else ft.Icons.INVENTORY_2)
    lines: list[ft.Control] = [
        ft.Row([icon, ft.Text(title, style=bold(size=17), expand=True)], spacing=SPACE_S),
        *[_content(_, view, item, presses) for item in view.contents],
    ]
    if not view.contents:
        lines.append(ft.Text(_("Still empty. Scan an article into it."), color=ft.Colors.ON_SURFACE_VARIANT))
    elif is_open and presses.ask:
        lines.append(ft.Text(presses.ask, key=key("pack", view.id, "ask"), style=regular(size=14)))
    if not is_open:
        lines += _closed(_, view, presses)
    return ft.Container(
        ft.Column(lines, spacing=SPACE_XS, tight=True),
        bgcolor=ft.Colors.SECONDARY_CONTAINER if is_open else ft.Colors.SURFACE_CONTAINER_LOW,
        border=ft.Border.all(2, ft.Colors.PRIMARY) if is_open else None,
        border_radius=RADIUS,
        padding=SPACE_M,
        key=key("pack", view.id, "card"),
    )


def _content(_: Translations, view: ParcelView, item: tuple[str, str, int], presses: ParcelPresses) -> ft.Control:
    line_id, name, units = item
    # Translators: a number of units, then the article
    said = ft.Text(_("{n} x {name}").format(n=_.number(units), name=name), expand=True)
    line: list[ft.Control] = [said]
    unpack = presses.unpack
    if view.state is ParcelState.OPEN and unpack is not None:
        out = _("Take one out")
        line.append(
            icon_button(
                ft.Icons.REMOVE_CIRCLE_OUTLINE, out, lambda: unpack(view.id, line_id), key("pack", line_id, "out")
            )
        )
    return ft.Row(line)


def _closed(_: Translations, view: ParcelView, presses: ParcelPresses) -> list[ft.Control]:
    weight = _("{weight} kg").format(weight=_.number(Decimal(view.weight_g) / 1000))
    marks: list[ft.Control] = [Mark(weight, ft.Icons.SCALE)]
    if view.labels_printed:
        marks.append(Mark(_("Label printed"), ft.Icons.LABEL))
    else:
        marks.append(Mark(_("No label yet"), ft.Icons.LABEL_OFF, strong=True))
    text = _("Label again") if view.labels_printed else _("Label")
    buttons: list[ft.Control] = []
    label, reopen = presses.label, presses.reopen
    if label is not None:
        buttons.append(
            ft.OutlinedButton(
                text, icon=ft.Icons.PRINT, on_click=lambda: label(view.id), key=key("pack", view.id, "label"),
                height=48,
            )
        )  # fmt: skip
    if view.state is ParcelState.CLOSED and reopen is not None:
        buttons.append(
            ft.TextButton(
                _("Open again"), icon=ft.Icons.LOCK_OPEN, on_click=lambda: reopen(view.id),
                key=key("pack", view.id, "reopen"), height=48,
            )
        )  # fmt: skip
    return [
        ft.Row(marks, wrap=True, spacing=SPACE_M),
        ft.Row(buttons, wrap=True, spacing=SPACE_S),
    ]


@row
def PackLine(view: PackLineView) -> ft.Control:
    """An article of the order: what is in parcels of what was picked."""
    _ = use_translations()
    variant = beside(view.colour, view.size)
    # Translators: units in parcels of units picked
    counted = _("{packed} of {picked} packed").format(packed=view.packed, picked=view.picked)
    if view.short:
        counted += ", " + _.ngettext("{n} missing", "{n} missing", view.short).format(n=view.short)
    done = not view.to_pack
    said = ft.Column(
        [
            ft.Text(view.name, style=bold(size=16)),
            ft.Text(variant or view.sku, style=bold(size=16), color=ft.Colors.PRIMARY, visible=bool(variant)),
            ft.Text(counted, style=regular(size=14), color=ft.Colors.ON_SURFACE_VARIANT),
        ],
        spacing=0,
        tight=True,
        expand=True,
    )
    icon = ft.Icon(ft.Icons.CHECK_CIRCLE if done else ft.Icons.RADIO_BUTTON_UNCHECKED,
                   color=ft.Colors.PRIMARY if done else ft.Colors.OUTLINE)  # fmt: skip
    return ft.Container(
        ft.Row([ArticlePicture(view, 56), said, icon], spacing=SPACE_M),
        padding=ft.Padding.symmetric(vertical=SPACE_S),
        key=key("pack", view.line_id, "line"),
    )
