"""One thing to do, as a card that can be read from arm's length: what, how urgent, for whom, how far."""

from collections.abc import Callable
from dataclasses import dataclass

import flet as ft

from app.components.marks import BrandChip, Due, DueChip, Mark
from app.components.progress import ProgressLine
from app.components.work_words import KIND_ICONS, kind_word, reason_word, service_word
from app.i18n import Translations
from app.queries.work import WorkItemView
from app.theme import RADIUS, SPACE_M, SPACE_S, SPACE_XS, bold, regular
from app.ui import key, row, use_translations
from app.ui.beside import beside
from core.domain.lifecycle import RunState
from core.domain.worklist import WorkItem, WorkKind

Open = Callable[[WorkItemView], None]
SELDOM = (WorkKind.HELD, WorkKind.PUT_BACK)


@dataclass(frozen=True, slots=True)
class WorkCard:
    """`due` is made by the list, so that the card is drawn again only when its words change."""

    view: WorkItemView
    due: Due
    wide: bool


@row
def WorkRow(card: WorkCard, on_open: Open) -> ft.Control:
    """`on_open` must stay the same function, or every card is drawn again."""
    _, item = use_translations(), card.view.item
    face = _wide(_, card) if card.wide else _narrow(_, card)
    button = ft.Container(
        # What is drawn is not said again: with a progress bar in it, the whole card would be called a progress bar.
        ft.Semantics(content=face, exclude_semantics=True),
        key=key("work", item.id, "row"),
        on_click=lambda: on_open(card.view),
        ink=True,
        bgcolor=ft.Colors.SURFACE_CONTAINER_LOW,
        border=ft.Border.all(1, ft.Colors.OUTLINE_VARIANT),
        border_radius=RADIUS,
        padding=ft.Padding.symmetric(vertical=SPACE_S + 4, horizontal=SPACE_M),
        margin=ft.Margin.symmetric(vertical=SPACE_XS, horizontal=SPACE_M),
    )
    return ft.Semantics(content=button, button=True, label=_said(_, card))


def _said(_: Translations, card: WorkCard) -> str:
    """The card for a screen reader, in one sentence."""
    item = card.view.item
    level = "" if item.service_level == "standard" else service_word(_, item.service_level)
    progress = _("{done} of {asked}").format(done=_.number(item.done), asked=_.number(item.asked))
    facts = (
        f"{kind_word(_, item.kind)} {_called(_, item)}", card.due.when, card.due.left, level, card.view.brand,
        _about(_, card.view), _holder(_, card.view), progress if _has_progress(item) else "",
    )  # fmt: skip
    return ", ".join(filter(None, facts))


def _narrow(_: Translations, card: WorkCard) -> ft.Control:
    view = card.view
    first = ft.Row([_kind(_, view.item), DueChip(card.due)], alignment=ft.MainAxisAlignment.SPACE_BETWEEN, wrap=True)
    lines: list[ft.Control] = [first, ft.Row([_name(_, view.item), *_marks(_, view)], wrap=True, run_spacing=SPACE_XS)]
    about = _about(_, view)
    if about:
        lines.append(ft.Text(about, style=regular(size=14), color=ft.Colors.ON_SURFACE_VARIANT))
    if _has_progress(view.item):
        lines.append(ProgressLine(view.item.done, view.item.asked))
    stretch = ft.CrossAxisAlignment.STRETCH
    return ft.Column(lines, spacing=SPACE_S - 2, tight=True, horizontal_alignment=stretch)


def _wide(_: Translations, card: WorkCard) -> ft.Control:
    view = card.view
    name = ft.Column([_kind(_, view.item), _name(_, view.item)], spacing=0, tight=True, width=210)
    about = _about(_, view)
    words: list[ft.Control] = [ft.Row(_marks(_, view), spacing=SPACE_M, wrap=True, run_spacing=SPACE_XS)]
    if about:
        words.append(ft.Text(about, style=regular(size=14), color=ft.Colors.ON_SURFACE_VARIANT))
    progress: list[ft.Control] = [ProgressLine(view.item.done, view.item.asked)] if _has_progress(view.item) else []
    return ft.Row(
        [
            name,
            ft.Column(words, spacing=SPACE_XS, tight=True, expand=True),
            ft.Column(progress, width=200, tight=True),
            ft.Row([DueChip(card.due)], width=250, alignment=ft.MainAxisAlignment.END),
        ],
        spacing=SPACE_M,
    )


def _kind(_: Translations, item: WorkItem) -> ft.Control:
    colour = ft.Colors.ON_SURFACE_VARIANT if item.kind in SELDOM else ft.Colors.PRIMARY
    word = ft.Text(kind_word(_, item.kind), style=bold(size=14), color=colour)
    return ft.Row([ft.Icon(KIND_ICONS[item.kind], size=20, color=colour), word], spacing=6, tight=True)


def _name(_: Translations, item: WorkItem) -> ft.Control:
    return ft.Text(_called(_, item), style=bold(size=26))


def _called(_: Translations, item: WorkItem) -> str:
    """What people call it: the short id of an order, the number of a run, how many parcels wait for a carrier."""
    if item.kind is WorkKind.CONTINUE_RUN:
        return item.number
    if item.kind is WorkKind.HAND_OVER:
        return _.ngettext("{n} parcel", "{n} parcels", item.asked).format(n=_.number(item.asked))
    return item.short_id or item.number


def _marks(_: Translations, view: WorkItemView) -> list[ft.Control]:
    item, marks = view.item, list[ft.Control]()
    if item.service_level != "standard":
        marks.append(Mark(service_word(_, item.service_level), ft.Icons.BOLT, strong=True))
    if view.brand and item.kind is not WorkKind.HAND_OVER:
        marks.append(BrandChip(view.brand, view.colour))
    holder = _holder(_, view)
    if holder:
        marks.append(Mark(holder, ft.Icons.PERSON))
    return marks


def _holder(_: Translations, view: WorkItemView) -> str:
    """Who walks this run, "" for other work."""
    if view.item.kind is not WorkKind.CONTINUE_RUN:
        return ""
    paused = view.item.detail == RunState.PAUSED
    if view.mine:
        return _("Paused, yours") if paused else _("Yours")
    name = view.who or _("a colleague")
    return _("Paused by {name}").format(name=name) if paused else _("{name} picks it").format(name=name)


def _about(_: Translations, view: WorkItemView) -> str:
    item = view.item
    orders = _.ngettext("{n} order", "{n} orders", item.orders).format(n=_.number(item.orders))
    if item.kind is WorkKind.CONTINUE_RUN:
        return orders
    if item.kind is WorkKind.HAND_OVER:
        return beside(view.customer, orders)
    articles = _.ngettext("{n} unit", "{n} units", item.asked).format(n=_.number(item.asked))
    return beside(reason_word(_, view.hold) if item.kind is WorkKind.HELD else "", view.customer, articles)


def _has_progress(item: WorkItem) -> bool:
    return item.kind is not WorkKind.HELD and (item.done > 0 or item.kind is WorkKind.CONTINUE_RUN)
