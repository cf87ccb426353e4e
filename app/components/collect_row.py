"""One order that a customer fetches, as a card: who, what to call it, where it lies, until when, and what it needs."""

from collections.abc import Callable
from dataclasses import dataclass

import flet as ft

from app.components.collect_facts import (
    OtherBrand,
    ShelfMark,
    collect_kind_word,
    kind_mark,
    money_due,
)
from app.components.marks import BrandChip, Due, DueChip, Mark
from app.i18n import Translations
from app.queries.collecting import CollectItemView, Tab
from app.theme import RADIUS, SPACE_M, SPACE_S, SPACE_XS, bold, is_dark, regular, tone
from app.ui import key, row, use_translations
from app.ui.beside import beside

Open = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class CollectCard:
    """`due`, `until` and `waiting` are made by the list, so that a card is drawn again only when its words change."""

    view: CollectItemView
    due: Due | None
    until: str
    waiting: str
    wide: bool


@row
def CollectRow(card: CollectCard, on_open: Open) -> ft.Control:
    """`on_open` must stay the same function, or every card is drawn again."""
    _, view = use_translations(), card.view
    # In a list of cards of one kind the one where somebody waits is seen first.
    frame = tone("warn", is_dark(ft.context.page)).fill if card.waiting else ft.Colors.OUTLINE_VARIANT
    button = ft.Container(
        ft.Semantics(content=_wide(_, card) if card.wide else _narrow(_, card), exclude_semantics=True),
        key=key("collect", view.id, "row"),
        on_click=lambda: on_open(view.id),
        ink=True,
        bgcolor=ft.Colors.SURFACE_CONTAINER_LOW,
        border=ft.Border.all(2 if card.waiting else 1, frame),
        border_radius=RADIUS,
        padding=ft.Padding.symmetric(vertical=SPACE_S + 4, horizontal=SPACE_M),
        margin=ft.Margin.symmetric(vertical=SPACE_XS, horizontal=SPACE_M),
    )
    return ft.Semantics(content=button, button=True, label=_said(_, card))


def _said(_: Translations, card: CollectCard) -> str:
    view = card.view
    due = card.due.left or card.due.when if card.due else ""
    facts = (
        view.short_id, view.customer, card.waiting, ", ".join(view.shelves), card.until, due, _units(_, view),
        collect_kind_word(_, view.kind), view.brand if view.other_brand else "", money_due(_, view), _missing(_, view),
        _back(_, view),
    )  # fmt: skip
    return ", ".join(filter(None, facts))


def _narrow(_: Translations, card: CollectCard) -> ft.Control:
    head = ft.Row(
        [_name(card.view), ft.Container(expand=True), *_when(card)], spacing=SPACE_S, wrap=False,
    )  # fmt: skip
    lines: list[ft.Control] = [head]
    if card.view.customer:
        lines.append(_customer(card.view))
    if card.waiting:
        lines.append(_waiting(card.waiting))
    lines.append(ft.Row(_marks(_, card), wrap=True, spacing=SPACE_M, run_spacing=SPACE_XS))
    lines.append(_about(_, card.view))
    return ft.Column(lines, spacing=SPACE_S - 2, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _wide(_: Translations, card: CollectCard) -> ft.Control:
    words: list[ft.Control] = [_customer(card.view)] if card.view.customer else []
    if card.waiting:
        words.append(_waiting(card.waiting))
    words.append(ft.Row(_marks(_, card), spacing=SPACE_M, wrap=True, run_spacing=SPACE_XS))
    words.append(_about(_, card.view))
    return ft.Row(
        [
            ft.Container(_name(card.view), width=110),
            ft.Column(words, spacing=SPACE_XS, tight=True, expand=True),
            ft.Row(_when(card), width=290, alignment=ft.MainAxisAlignment.END, spacing=SPACE_M),
        ],
        spacing=SPACE_M,
    )


def _name(view: CollectItemView) -> ft.Control:
    return ft.Text(view.short_id, style=bold(size=26))


def _customer(view: CollectItemView) -> ft.Control:
    return ft.Text(view.customer, style=bold(size=17), max_lines=2, overflow=ft.TextOverflow.ELLIPSIS)


def _when(card: CollectCard) -> list[ft.Control]:
    """Where it lies comes before until when."""
    found: list[ft.Control] = []
    if card.view.shelves and card.view.tab is not Tab.DONE:
        found.append(ShelfMark(card.view.shelves))
    if card.due is not None:
        found.append(DueChip(card.due))
    return found


def _waiting(words: str) -> ft.Control:
    look = tone("warn", is_dark(ft.context.page))
    inside = ft.Row(
        [
            ft.Icon(ft.Icons.PERSON_PIN_CIRCLE, size=18, color=look.ink),
            ft.Text(words, style=bold(size=15), color=look.ink),
        ],
        spacing=6,
        tight=True,
    )
    box = ft.Container(
        inside, bgcolor=look.fill, border_radius=8, padding=ft.Padding.symmetric(vertical=4, horizontal=SPACE_S)
    )
    return ft.Row([box], tight=True)


def _marks(_: Translations, card: CollectCard) -> list[ft.Control]:
    view = card.view
    marks = [kind_mark(_, view.kind)]
    brand: ft.Control = (OtherBrand if view.other_brand else BrandChip)(view.brand, view.colour)
    marks.append(brand)
    if card.until:
        marks.append(Mark(card.until, ft.Icons.EVENT, strong=view.tab is Tab.LATE))
    if view.due_minor:
        marks.append(Mark(money_due(_, view), ft.Icons.PAYMENTS, strong=True))
    return marks


def _about(_: Translations, view: CollectItemView) -> ft.Control:
    said = beside(_back(_, view), _missing(_, view), _units(_, view), _from(_, view))
    return ft.Text(said, style=regular(size=14), color=ft.Colors.ON_SURFACE_VARIANT)


def _units(_: Translations, view: CollectItemView) -> str:
    return _.ngettext("{n} unit", "{n} units", view.units).format(n=_.number(view.units))


def _missing(_: Translations, view: CollectItemView) -> str:
    if not view.missing:
        return ""
    words = _.ngettext("{n} parcel on its way", "{n} parcels on their way", view.missing)
    return words.format(n=_.number(view.missing))


def _back(_: Translations, view: CollectItemView) -> str:
    if not view.back:
        return ""
    words = _.ngettext("{n} unit to put back", "{n} units to put back", view.back)
    return words.format(n=_.number(view.back))


def _from(_: Translations, view: CollectItemView) -> str:
    return _("from {place}").format(place=", ".join(view.from_places)) if view.from_places else ""
