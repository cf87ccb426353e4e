"""A carrier at the handover place: what waits for it, what is on its list, when it comes."""

from collections.abc import Callable
from dataclasses import dataclass

import flet as ft

from app.components.marks import Due, DueChip, Mark
from app.i18n import Translations
from app.queries.handover import CarrierView
from app.theme import RADIUS, SPACE_M, SPACE_S, TOUCH_TARGET_DP, bold, regular
from app.ui import key, row, use_translations
from app.ui.beside import beside

NUMBER_SIZE = 26


@dataclass(frozen=True, slots=True)
class CarrierCard:
    """`due`: of the next pick-up, None where its time is not known. `can_open`: a tap leads to its list."""

    view: CarrierView
    due: Due | None
    can_open: bool


@row
def CarrierRow(card: CarrierCard, on_open: Callable[[str], None]) -> ft.Control:
    """`on_open(code of the carrier)`."""
    _, view = use_translations(), card.view
    busy = bool(view.waiting or view.loaded)
    name = ft.Text(view.name, style=bold(size=20), expand=True)
    head: list[ft.Control] = [ft.Icon(ft.Icons.LOCAL_SHIPPING, color=ft.Colors.PRIMARY), name]
    if card.can_open:
        head.append(ft.Icon(ft.Icons.CHEVRON_RIGHT, color=ft.Colors.ON_SURFACE_VARIANT))
    facts: list[ft.Control] = [*_counts(_, view)]
    if card.due is not None:
        facts.append(DueChip(card.due) if busy else Mark(card.due.when, ft.Icons.SCHEDULE))
    face = ft.Column(
        [
            ft.Row(head, spacing=SPACE_M),
            ft.Row(facts, spacing=SPACE_M, run_spacing=SPACE_S, wrap=True,
                   vertical_alignment=ft.CrossAxisAlignment.CENTER),
        ],
        spacing=SPACE_S,
        tight=True,
    )  # fmt: skip
    box = ft.Container(
        face,
        key=key("carriers", view.code, "row"),
        on_click=(lambda: on_open(view.code)) if card.can_open else None,
        ink=card.can_open,
        bgcolor=ft.Colors.SURFACE_CONTAINER_LOW,
        border=ft.Border.all(1, ft.Colors.OUTLINE_VARIANT),
        border_radius=RADIUS,
        padding=SPACE_M,
    )
    return ft.Semantics(content=box, button=card.can_open)


def _counts(_: Translations, view: CarrierView) -> list[ft.Control]:
    if not (view.waiting or view.loaded):
        quiet = _("The list is open, nothing is on it.") if view.manifest_id else _("Nothing waits.")
        return [ft.Text(quiet, style=regular(size=15), color=ft.Colors.ON_SURFACE_VARIANT)]
    waiting = _.ngettext("{n} parcel waits", "{n} parcels wait", view.waiting).format(n=_.number(view.waiting))
    facts: list[ft.Control] = [ft.Text(waiting, style=bold(size=16))]
    if view.loaded:
        # Translators: parcels scanned onto the list of the driver
        loaded = _.ngettext("{n} on the list", "{n} on the list", view.loaded).format(n=_.number(view.loaded))
        facts.append(Mark(loaded, ft.Icons.PLAYLIST_ADD_CHECK, strong=True))
    return facts


@dataclass(frozen=True, slots=True)
class ClosedCard:
    """A list a driver took; `when`: on the store's clock, in words."""

    id: str
    carrier: str
    when: str
    parcels: int


@row
def ClosedRow(card: ClosedCard, on_open: Callable[[str], None]) -> ft.Control:
    """`on_open(id of the list)`."""
    _ = use_translations()
    parcels = _.ngettext("{n} parcel", "{n} parcels", card.parcels).format(n=_.number(card.parcels))
    tile = ft.ListTile(
        leading=ft.Icons.TASK_ALT,
        title=ft.Text(card.carrier, style=bold(size=16)),
        subtitle=ft.Text(beside(card.when, parcels)),
        trailing=ft.Icons.CHEVRON_RIGHT,
        min_height=TOUCH_TARGET_DP,
        content_padding=ft.Padding.symmetric(horizontal=SPACE_S),
        key=key("carriers", card.id, "closed"),
        on_click=lambda: on_open(card.id),
    )
    return ft.Semantics(content=tile, button=True)
