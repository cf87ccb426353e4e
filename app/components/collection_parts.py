"""What an order to collect is made of: each article with what became of it, each part with where it is."""

from collections.abc import Callable
from datetime import tzinfo

import flet as ft

from app.components.article import ArticleFacts, ArticlePicture
from app.components.collect_facts import ShelfMark
from app.components.marks import Mark
from app.i18n import Translations
from app.queries.collection import CollectionLineView, PartStep, PartView
from app.theme import RADIUS, SPACE_M, SPACE_S, bold, regular
from app.ui import key
from app.ui.beside import beside

PART_ICONS = {
    PartStep.ARRIVE: ft.Icons.LOCAL_SHIPPING,
    PartStep.PICK: ft.Icons.SHOPPING_BASKET,
    PartStep.SHELF: ft.Icons.SHELVES,
    PartStep.NOTHING: ft.Icons.CHECK_CIRCLE,
}


def line_card(_: Translations, line: CollectionLineView, after: ft.Control | None = None) -> ft.Control:
    """`after`: what can be done with this article, below it."""
    words: list[ft.Control] = [ArticleFacts(line), ft.Text(beside(*_counts(_, line)), style=bold(size=14))]
    inside: ft.Control = ft.Row(
        [ArticlePicture(line), ft.Column(words, spacing=SPACE_S - 2, tight=True, expand=True)],
        spacing=SPACE_M,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )
    if after is not None:
        inside = ft.Column([inside, after], spacing=SPACE_S, tight=True)
    return card(inside, key("collection", line.line_id, "line"))


def _counts(_: Translations, line: CollectionLineView) -> list[str]:
    found = [_.ngettext("{n} unit", "{n} units", line.wanted).format(n=_.number(line.wanted))]
    if line.handed:
        found.append(_("{n} handed over").format(n=_.number(line.handed)))
    if line.refused:
        refused = _("{n} left here: {reason}").format(n=_.number(line.refused), reason=line.reason)
        found.append(refused)
    return found


def part_card(
    _: Translations, part: PartView, clock: tzinfo, chosen: bool, on_choose: Callable[[], object] | None
) -> ft.Control:
    """`chosen`: the next shelf that is scanned is for this part."""
    title = _("From this store’s shelves") if part.own else (part.place or _("From another store"))
    units = _.ngettext("{n} unit", "{n} units", part.units).format(n=_.number(part.units))
    quiet = ft.Text(
        beside(units, part.code), style=regular(size=14), color=ft.Colors.ON_SURFACE_VARIANT, selectable=True
    )
    said: list[ft.Control] = [
        Mark(part_words(_, part, clock), PART_ICONS[part.step], strong=part.step is PartStep.SHELF)
    ]
    if part.shelf:
        said.insert(0, ShelfMark((part.shelf,)))
    words = ft.Column(
        [
            ft.Text(title, style=bold(size=16)),
            ft.Row(said, wrap=True, spacing=SPACE_S, run_spacing=SPACE_S - 4),
            quiet,
        ],
        spacing=SPACE_S - 2,
        tight=True,
        expand=True,
    )
    icon = ft.Icon(ft.Icons.STOREFRONT if part.own else ft.Icons.INVENTORY_2, color=ft.Colors.ON_SURFACE_VARIANT)
    inside = ft.Row([icon, words], spacing=SPACE_M, vertical_alignment=ft.CrossAxisAlignment.START)
    return card(inside, key("collection", part.id, "part"), chosen, on_choose)


def part_words(_: Translations, part: PartView, clock: tzinfo) -> str:
    match part.step:
        case PartStep.ARRIVE:
            return _("On its way")
        case PartStep.PICK:
            return _("Being picked") if part.run_id else _("To be picked")
        case PartStep.SHELF:
            return _("Picked, to be put on a shelf") if part.own else _("Arrived, to be put on a shelf")
        case PartStep.NOTHING:
            if not part.arrived_at:
                return _("Here")
            words = _("Here since {moment}") if part.own else _("Arrived {moment}")
            return words.format(moment=_.moment(part.arrived_at, clock))


def card(
    content: ft.Control, name: str, chosen: bool = False, on_click: Callable[[], object] | None = None
) -> ft.Control:
    edge = ft.Colors.PRIMARY if chosen else ft.Colors.OUTLINE_VARIANT
    return ft.Container(
        content,
        key=name,
        bgcolor=ft.Colors.SURFACE_CONTAINER_LOW,
        border=ft.Border.all(2 if chosen else 1, edge),
        border_radius=RADIUS,
        padding=SPACE_M,
        on_click=on_click,
        ink=on_click is not None,
    )
