"""One offer as a card: how long it can be claimed, what it is worth, what it asks for and what lies here."""

from collections.abc import Callable
from dataclasses import dataclass

import flet as ft

from app.components.marks import Due, DueChip, Mark
from app.components.offer_words import (
    STAGE_ICONS,
    distance_words,
    offer_marks,
    others_words,
    promise_words,
    shelf_words,
    stage_sentence,
    units_words,
)
from app.components.second import Countdown
from app.i18n import Translations
from app.queries.offers import OfferLineView, OfferView, Stage
from app.theme import RADIUS, SPACE_M, SPACE_S, SPACE_XS, bold, regular
from app.ui import key, row, use_translations
from app.ui.beside import beside

SHOWN_LINES = 3
Open = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class OfferCard:
    """`due`: the promise; `left_said`: until it cannot be claimed any more, to the minute, for ears."""

    view: OfferView
    due: Due
    left_said: str
    wide: bool


@row
def OfferRow(card: OfferCard, on_open: Open) -> ft.Control:
    _, view = use_translations(), card.view
    button = ft.Container(
        ft.Semantics(content=_wide(_, card) if card.wide else _narrow(_, card), exclude_semantics=True),
        key=key("offers", view.id, "row"),
        on_click=lambda: on_open(view.id),
        ink=True,
        bgcolor=ft.Colors.SURFACE_CONTAINER_LOW,
        border=ft.Border.all(1, ft.Colors.OUTLINE_VARIANT),
        border_radius=RADIUS,
        padding=ft.Padding.symmetric(vertical=SPACE_S + 4, horizontal=SPACE_M),
    )
    return ft.Semantics(content=button, button=True, label=_said(_, card))


def _said(_: Translations, card: OfferCard) -> str:
    """The card for a screen reader, in one sentence; it does not change with every second."""
    view = card.view
    asking = stage_sentence(_, view) if view.stage is Stage.ASKING else ""
    articles = [f"{_.number(line.units)} {line.name}, {shelf_words(_, line)}" for line in view.lines]
    facts = (
        _("Offer {number}").format(number=view.number), asking, card.left_said,
        _.money(view.value_minor, view.currency),
        *articles, view.brand, promise_words(_, view.days_late),
        distance_words(_, view.distance_km) if view.distance_km is not None else "", others_words(_, view.others),
    )  # fmt: skip
    return ", ".join(filter(None, facts))


def _time(_: Translations, card: OfferCard) -> ft.Control:
    if card.view.stage is Stage.ASKING:
        time: ft.Control = Mark(_("Asking"), STAGE_ICONS[Stage.ASKING], strong=True)
    else:
        time = Countdown(card.view.expires_at)
    return time


def _worth(_: Translations, view: OfferView) -> ft.Control:
    money = ft.Text(_.money(view.value_minor, view.currency), style=bold(size=20))
    units = ft.Text(units_words(_, view.units), style=regular(size=14), color=ft.Colors.ON_SURFACE_VARIANT)
    return ft.Row([money, units], spacing=SPACE_S, tight=True)


def _narrow(_: Translations, card: OfferCard) -> ft.Control:
    top = ft.Row(
        [_time(_, card), _worth(_, card.view)], alignment=ft.MainAxisAlignment.SPACE_BETWEEN, wrap=True,
        run_spacing=SPACE_XS,
    )  # fmt: skip
    marks = ft.Row([DueChip(card.due), *offer_marks(_, card.view)], spacing=SPACE_M, wrap=True, run_spacing=SPACE_XS)
    return ft.Column(
        [top, *_lines(_, card.view), marks],
        spacing=SPACE_S,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _wide(_: Translations, card: OfferCard) -> ft.Control:
    first = ft.Column([ft.Row([_time(_, card)]), _worth(_, card.view)], spacing=SPACE_S, tight=True, width=220)
    marks = ft.Column([DueChip(card.due), *offer_marks(_, card.view)], spacing=SPACE_XS + 2, tight=True, width=250)
    lines = ft.Column(_lines(_, card.view), spacing=SPACE_XS, tight=True, expand=True)
    return ft.Row([first, lines, marks], spacing=SPACE_M)


def _lines(_: Translations, view: OfferView) -> list[ft.Control]:
    found = [_line(_, line) for line in view.lines[:SHOWN_LINES]]
    more = len(view.lines) - SHOWN_LINES
    if more > 0:
        words = _.ngettext("and {n} more article", "and {n} more articles", more).format(n=_.number(more))
        found.append(ft.Text(words, style=regular(size=14), color=ft.Colors.ON_SURFACE_VARIANT))
    return found


def _line(_: Translations, line: OfferLineView) -> ft.Control:
    detail = beside(line.colour, line.size)
    name = [ft.Text(line.name, style=bold(size=15)), ft.Text(detail, style=regular(size=13), visible=bool(detail))]
    ink = ft.Colors.ERROR if line.is_short else ft.Colors.ON_SURFACE_VARIANT
    here: list[ft.Control] = [ft.Text(shelf_words(_, line), style=regular(size=13), color=ink)]
    if line.is_short:
        here.insert(0, ft.Icon(ft.Icons.REPORT, size=16, color=ink))
    words: list[ft.Control] = [*name, ft.Row(here, spacing=4, tight=True)]
    count = ft.Text(f"{_.number(line.units)} ×", style=bold(size=15), width=36)
    return ft.Row(
        [count, ft.Column(words, spacing=0, tight=True, expand=True)],
        spacing=SPACE_S,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )


@dataclass(frozen=True, slots=True)
class PastOffer:
    """`when`: at which time it was over here."""

    view: OfferView
    when: str


@row
def PastRow(past: PastOffer, on_open: Open) -> ft.Control:
    """What became of an offer, quietly."""
    _, view = use_translations(), past.view
    ink = ft.Colors.PRIMARY if view.stage is Stage.YOURS else ft.Colors.ON_SURFACE_VARIANT
    facts = beside(view.number, units_words(_, view.units), _.money(view.value_minor, view.currency), past.when)
    words: list[ft.Control] = [
        ft.Text(stage_sentence(_, view), style=bold(size=15)),
        ft.Text(facts, style=regular(size=13), color=ft.Colors.ON_SURFACE_VARIANT),
    ]
    return ft.Container(
        ft.Row(
            [ft.Icon(STAGE_ICONS[view.stage], color=ink), ft.Column(words, spacing=2, tight=True, expand=True)],
            spacing=SPACE_M,
        ),
        key=key("offers", view.id, "past"),
        on_click=lambda: on_open(view.id),
        ink=True,
        border_radius=RADIUS,
        padding=ft.Padding.symmetric(vertical=SPACE_S, horizontal=SPACE_M),
    )
