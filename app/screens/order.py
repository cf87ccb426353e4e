"""One order of this store, to be read: what was asked, what happened to it, what stands in its way."""

from datetime import datetime, tzinfo

import flet as ft

from app.components.answer import AnswerBanner
from app.components.article import ArticleFacts, ArticlePicture
from app.components.buttons import ActionBar, primary_button
from app.components.connection import zone_of
from app.components.frame import frame
from app.components.marks import BrandChip, DueChip, Mark, due
from app.components.minute import use_minute
from app.components.page_column import PageColumn, Section
from app.components.progress import EmptyState
from app.components.story_button import story_button
from app.components.work_words import parcel_word, reason_word, service_word, state_word
from app.context import use_reader, use_store, use_workplace
from app.i18n import Translations
from app.queries.order import OrderLineView, OrderParcelView, OrderView, order_view
from app.theme import RADIUS, SPACE_M, SPACE_S, bold, regular
from app.ui import key, screen, use_query, use_translations
from app.ui.beside import beside
from core.contract.story import Subject
from core.domain.lifecycle import FulfilmentState


@screen
def OrderScreen() -> ft.View:
    _, workplace, reader = use_translations(), use_workplace(), use_reader()
    store, now = use_store(), use_minute()
    order_id = ft.use_route_params()["id"]
    view = use_query(
        lambda: order_view(workplace.database, order_id, reader.language), "work", "people", deps=(order_id, reader)
    )
    if view is None:
        text = _("It may have been finished long ago, or moved to another store.")
        return frame(_("Order"), EmptyState(ft.Icons.SEARCH_OFF, _("This order is not known here"), text))
    clock = zone_of(store.timezone if store else "")
    body = PageColumn([
        *_notes(_, view),
        _head(_, view, now, clock),
        Section(_("Articles"), [_line(_, line) for line in view.lines]),
        *([Section(_("Parcels"), [_parcel(_, parcel) for parcel in view.parcels])] if view.parcels else []),
        Section(_("Customer"), _customer(_, view, clock)),
    ])  # fmt: skip
    story = story_button(_, Subject.FULFILMENT, order_id)
    return frame(_("Order {name}").format(name=view.short_id), body, _next(_, view), [story])


def _notes(_: Translations, view: OrderView) -> list[ft.Control]:
    notes: list[ft.Control] = []
    if view.hold:
        notes.append(AnswerBanner("warn", _("On hold: {reason}").format(reason=reason_word(_, view.hold))))
    if view.state is FulfilmentState.CANCELLED:
        notes.append(AnswerBanner("warn", _("This order was cancelled.")))
    if view.unsent:
        words = _.ngettext(
            "{n} action on this order waits to be confirmed by the core.",
            "{n} actions on this order wait to be confirmed by the core.",
            view.unsent,
        )
        notes.append(AnswerBanner("info", words.format(n=_.number(view.unsent))))
    return notes


def _head(_: Translations, view: OrderView, now: datetime, clock: tzinfo) -> ft.Control:
    express = view.service_level == "express"
    marks: list[ft.Control] = [
        Mark(
            service_word(_, view.service_level), ft.Icons.BOLT if express else ft.Icons.LOCAL_SHIPPING, strong=express
        ),
        BrandChip(view.brand, view.colour),
    ]
    return ft.Column(
        [
            ft.Text(state_word(_, view.state), key="order-state-text", style=bold(size=22)),
            ft.Row(
                [DueChip(due(_, view.target_at, now, clock)), *marks], spacing=SPACE_M, wrap=True, run_spacing=SPACE_S
            ),
            ft.Text(_("Order {number}").format(number=view.number), color=ft.Colors.ON_SURFACE_VARIANT),
        ],
        spacing=SPACE_S,
        tight=True,
    )


def _line(_: Translations, line: OrderLineView) -> ft.Control:
    counts = [_("{held} of {quantity} picked").format(held=_.number(line.held), quantity=_.number(line.quantity))]
    if line.short:
        counts.append(_("{n} missing: {reason}").format(n=_.number(line.short), reason=reason_word(_, line.reason)))
    words = ft.Column(
        [ArticleFacts(line), ft.Text(beside(*counts), style=bold(size=14))], spacing=4, tight=True, expand=True
    )
    return _card(ft.Row([ArticlePicture(line), words], spacing=SPACE_M), key("order", line.line_id, "line"))


def _parcel(_: Translations, parcel: OrderParcelView) -> ft.Control:
    units = _.ngettext("{n} unit", "{n} units", parcel.units).format(n=_.number(parcel.units))
    title = _("Parcel {number}: {state}").format(number=_.number(parcel.number), state=parcel_word(_, parcel.state))
    facts = beside(units, parcel.carrier, parcel.tracking or parcel.sscc)
    quiet = ft.Text(facts, style=regular(size=14), color=ft.Colors.ON_SURFACE_VARIANT, selectable=True)
    words = ft.Column([ft.Text(title, style=bold(size=16)), quiet], spacing=4, tight=True, expand=True)
    icon = ft.Icon(ft.Icons.INVENTORY_2, color=ft.Colors.ON_SURFACE_VARIANT)
    return _card(ft.Row([icon, words], spacing=SPACE_M), key("order", parcel.number, "parcel"))


def _customer(_: Translations, view: OrderView, clock: tzinfo) -> list[ft.Control]:
    """As much as the work needs: the label has the rest."""
    lines = [view.customer, f"{view.postcode} {view.town}, {view.country}"]
    lines.append(_("Ordered {moment}").format(moment=_.moment(view.placed_at, clock)))
    if view.release_at is not None:
        lines.append(_("Not before {moment}").format(moment=_.moment(view.release_at, clock)))
    if view.gift_message:
        lines.append(_("Gift message: {text}").format(text=view.gift_message))
    return [ft.Text(line) for line in lines]


def _next(_: Translations, view: OrderView) -> ft.Control | None:
    """What can be done with it now, where something can."""
    go = ft.context.page.navigate
    target = {FulfilmentState.PICKED: (_("Pack this order"), ft.Icons.INVENTORY_2, f"/pack/{view.fulfilment_id}")}
    if view.collection_id:
        to_collect = (_("Open what the customer fetches"), ft.Icons.SHOPPING_BAG, f"/collect/{view.collection_id}")
        target = {FulfilmentState.PICKED: to_collect, FulfilmentState.PACKED: to_collect}
    if view.run_id and view.state is FulfilmentState.PICKING:
        target[FulfilmentState.PICKING] = (_("Open its pick run"), ft.Icons.PLAY_CIRCLE, f"/run/{view.run_id}")
    if view.state not in target or view.hold:
        return None
    text, icon, route = target[view.state]
    bar: ft.Control = ActionBar([primary_button(text, icon, lambda: go(route), "order-next-button")])
    return bar


def _card(content: ft.Control, name: str) -> ft.Control:
    return ft.Container(
        content, key=name, bgcolor=ft.Colors.SURFACE_CONTAINER_LOW, border_radius=RADIUS, padding=SPACE_M
    )
