"""Starting a pick run: the next orders are chosen already, each way of walking is said in a sentence (PP2, PP3)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlparse

import flet as ft

from app.actions.runs import start_wave
from app.components.answer import use_answer
from app.components.buttons import ActionBar, primary_button
from app.components.chip_label import chip_label
from app.components.connection import zone_of
from app.components.frame import frame
from app.components.marks import BrandChip, Due, DueChip, Mark, due
from app.components.minute import use_minute
from app.components.progress import EmptyState
from app.components.reasons import Choice, ReasonList
from app.components.work_words import method_words, service_word
from app.context import use_desk, use_person, use_reader, use_store, use_workplace
from app.i18n import Translations
from app.queries.work import WaveOrderView, WaveView, wave
from app.state.cell import use_kept
from app.theme import RADIUS, SPACE_M, SPACE_S, SPACE_XS, bold, regular
from app.ui import key, row, screen, use_form_factor, use_query, use_translations
from app.ui.beside import beside
from core.domain.runs import Method


@dataclass(frozen=True, slots=True)
class WaveCard:
    """`due` is made by the list, so that a card is drawn again only when its words change."""

    order: WaveOrderView
    due: Due
    chosen: bool


class Chooser:
    """Rows hold on to one function over all drawings; what it does is up to the newest one."""

    def __init__(self) -> None:
        self.newest: Callable[[str], None] = lambda _id: None

    def flip(self, fulfilment_id: str) -> None:
        self.newest(fulfilment_id)


def asked_order() -> str:
    """`/wave?order=f1`: the order somebody tapped in the work list."""
    return (parse_qs(urlparse(ft.context.page.route or "").query).get("order") or [""])[0]


@screen
def WaveScreen() -> ft.View:
    _, workplace, desk, reader = use_translations(), use_workplace(), use_desk(), use_reader()
    person, store, now = use_person(), use_store(), use_minute()
    wide = use_form_factor() == "tablet"
    view = use_query(lambda: wave(workplace.database, reader, now), "work", "people", deps=(reader, now))
    asked = use_kept(asked_order)
    chosen, set_chosen = ft.use_state(frozenset({asked}) if asked else suggested(view))
    method, set_method = ft.use_state(Method.SINGLE if asked else view.process.method)
    colleagues, set_colleagues = ft.use_state(frozenset[str]())
    intent, chooser = use_kept(desk.new_id), use_kept(Chooser)
    banner, answer = use_answer()
    free = [order.fulfilment_id for order in view.orders if order.fulfilment_id in chosen]

    def begin() -> None:
        started = start_wave(desk, free, method, sorted(colleagues), intent)
        answer(started.outcome)
        ft.context.page.navigate(f"/run/{started.run_id}")

    chooser.newest = lambda order_id: set_chosen(chosen ^ {order_id})
    if "pick" not in (person.permissions if person else ()):
        text = _("Ask a manager for the permission to pick.")
        return frame(_("New pick run"), EmptyState(ft.Icons.LOCK, _("You may not pick here"), text))
    if not view.orders:
        text = _("All orders are being picked, or done.")
        return frame(_("New pick run"), EmptyState(ft.Icons.TASK_ALT, _("No order is free"), text))
    clock = zone_of(store.timezone if store else "")
    cards = [WaveCard(o, due(_, o.target_at, now, clock), o.fulfilment_id in chosen) for o in view.orders]
    how = _how(_, method, set_method, _colleagues(_, view, colleagues, set_colleagues))
    few, every = (
        lambda: set_chosen(suggested(view)),
        lambda: set_chosen(frozenset(o.fulfilment_id for o in view.orders)),
    )
    choice = _choice(_, view, len(free), (few, every, lambda: set_chosen(frozenset())))
    listed = [WaveRow(card, chooser.flip, key=key("wave", card.order.fulfilment_id, "card")) for card in cards]
    words = _.ngettext("Start with {n} order", "Start with {n} orders", len(free)).format(n=_.number(len(free)))
    go = primary_button(words, ft.Icons.PLAY_ARROW, begin if free else None, "wave-start-button")
    body = _two_columns(how, [banner, *choice], listed) if wide else _one_column([*how, banner, *choice, *listed])
    return frame(_("New pick run"), body, ActionBar([go]))


def suggested(view: WaveView) -> frozenset[str]:
    return frozenset(order.fulfilment_id for order in view.orders[: view.suggested])


def _how(_: Translations, method: Method, choose: Callable[[Method], None], colleagues: list[Any]) -> list[Any]:
    choices = tuple(Choice(option, *method_words(_, option)) for option in Method)
    methods = ReasonList(choices, method, lambda option: choose(Method(option)))
    return [ft.Text(_("How do you want to pick?"), style=bold(size=18)), methods, *colleagues]


def _colleagues(
    _: Translations, view: WaveView, chosen: frozenset[str], choose: Callable[[frozenset[str]], None]
) -> list[ft.Control]:
    if not view.colleagues:
        return []

    def chip(user_id: str, name: str) -> ft.Control:
        return ft.Chip(
            label=chip_label(name, 14, user_id in chosen),
            key=key("wave", user_id, "chip"),
            selected=user_id in chosen,
            on_select=lambda: choose(chosen ^ {user_id}),
            padding=ft.Padding.symmetric(vertical=10, horizontal=6),
        )

    return [
        ft.Text(_("Who helps?"), style=bold(size=18)),
        ft.Row([chip(*colleague) for colleague in view.colleagues], wrap=True, spacing=SPACE_S, run_spacing=0),
    ]


def _choice(_: Translations, view: WaveView, chosen: int, acts: tuple[Any, Any, Any]) -> list[Any]:
    few, every, none = acts
    next_few = _.ngettext("Next order", "Next {n} orders", view.suggested).format(n=_.number(view.suggested))
    count = _("{n} of {total} orders chosen").format(n=_.number(chosen), total=_.number(len(view.orders)))
    buttons: list[ft.Control] = [
        ft.TextButton(next_few, key="wave-few-button", on_click=few),
        ft.TextButton(_("All"), key="wave-all-button", on_click=every),
        ft.TextButton(_("None"), key="wave-none-button", on_click=none),
    ]
    return [
        ft.Text(_("Which orders?"), style=bold(size=18)),
        ft.Row([ft.Text(count, key="wave-count-text"), *buttons], wrap=True, spacing=SPACE_XS, run_spacing=0),
    ]


def _one_column(controls: list[Any]) -> ft.Control:
    return ft.ListView(controls, spacing=SPACE_S, padding=SPACE_M, expand=True)


def _two_columns(how: list[Any], head: list[Any], listed: list[Any]) -> ft.Control:
    start = ft.Column(how, spacing=SPACE_S, scroll=ft.ScrollMode.AUTO, width=400)
    orders = ft.ListView(listed, spacing=SPACE_S, expand=True)
    end = ft.Column([*head, orders], spacing=SPACE_S, expand=True)
    columns = ft.Row([start, end], spacing=SPACE_M * 2, vertical_alignment=ft.CrossAxisAlignment.START)
    return ft.Container(columns, padding=SPACE_M, expand=True)


@row
def WaveRow(card: WaveCard, on_flip: Callable[[str], None]) -> ft.Control:
    """`on_flip` must stay the same function, or every card is drawn again."""
    _, order = use_translations(), card.order
    units = _.ngettext("{n} unit", "{n} units", order.units).format(n=_.number(order.units))
    marks: list[ft.Control] = [BrandChip(order.brand, order.colour)]
    if order.service_level != "standard":
        marks.insert(0, Mark(service_word(_, order.service_level), ft.Icons.BOLT, strong=True))
    icon = ft.Icons.CHECK_BOX if card.chosen else ft.Icons.CHECK_BOX_OUTLINE_BLANK
    words: list[ft.Control] = [
        ft.Row([ft.Text(order.short_id, style=bold(size=22)), *marks], spacing=SPACE_M, wrap=True, run_spacing=0),
        ft.Text(beside(order.customer, units), style=regular(size=14), color=ft.Colors.ON_SURFACE_VARIANT),
        DueChip(card.due),
    ]
    face = ft.Row([ft.Icon(icon, color=ft.Colors.PRIMARY), ft.Column(words, spacing=SPACE_XS, tight=True, expand=True)])
    button = ft.Container(
        ft.Semantics(content=face, exclude_semantics=True),
        key=key("wave", order.fulfilment_id, "row"),
        on_click=lambda: on_flip(order.fulfilment_id),
        ink=True,
        bgcolor=ft.Colors.SURFACE_CONTAINER_LOW,
        border=ft.Border.all(1, ft.Colors.PRIMARY if card.chosen else ft.Colors.OUTLINE_VARIANT),
        border_radius=RADIUS,
        padding=ft.Padding.symmetric(vertical=SPACE_S, horizontal=SPACE_M),
    )
    label = ", ".join(filter(None, (order.short_id, card.due.when, card.due.left, order.customer, units)))
    return ft.Semantics(content=button, button=True, checked=card.chosen, label=label)
