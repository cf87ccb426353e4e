"""One offer: claimed, declined, an article declared out of stock, or given back; won only when the core has said so."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import flet as ft

from app.actions import offering
from app.components.answer import use_answer
from app.components.buttons import ActionBar, primary_button, secondary_button
from app.components.connection import zone_of
from app.components.frame import frame
from app.components.minute import use_minute
from app.components.offer_body import head, line_card, state_notes
from app.components.offer_sheets import DeclineSheet, OutOfStockSheet, ReleaseSheet
from app.components.page_column import PageColumn, Section
from app.components.progress import EmptyState
from app.components.second import left_until, use_core_time
from app.components.sheet import sheet
from app.components.story_button import story_button
from app.context import Workplace, use_desk, use_person, use_reader, use_store, use_workplace
from app.i18n import Translations
from app.queries.offers import DECLINE, RELEASE, OfferView, Stage, offer_reasons, offer_view
from app.store.intents import Asked
from app.ui import screen, use_link, use_query, use_translations
from core.contract.story import Subject

Press = Callable[[], None]
NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Presses:
    """`may`: this person answers offers; `now`: the core can be asked, and the time is not over."""

    view: OfferView
    may: bool
    now: bool


@dataclass(frozen=True, eq=False)
class Acts:
    claim: Press
    later: Press
    back: Press


@screen
def OfferScreen() -> ft.View:
    _, workplace, desk, reader = use_translations(), use_workplace(), use_desk(), use_reader()
    person, store, minute = use_person(), use_store(), use_minute()
    offer_id, link = ft.use_route_params()["id"], use_link()
    banner, answer = use_answer()
    asking, ask = ft.use_state("")  # which sheet is open: "decline", "release", or the SKU that is not here
    view = use_query(
        lambda: offer_view(workplace.database, reader, offer_id), "offers", "work", "stock", deps=(reader, offer_id)
    )
    ends_at = view.expires_at if view is not None else NEVER
    in_time = use_core_time(lambda now: not left_until(ends_at, now).over, ends_at)
    reasons = use_query(
        lambda: {usage: offer_reasons(workplace.database, usage, reader.language) for usage in (DECLINE, RELEASE)},
        "offers", deps=(reader,),
    )  # fmt: skip

    def act(outcome: Any) -> None:
        ask("")
        if outcome.code != Asked.code:  # being asked is no answer yet, and must not look or sound like one
            answer(outcome)
        workplace.changed("work", "offers")

    close = lambda: ask("")  # noqa: E731
    name = next((line.name for line in view.lines if line.sku == asking), "") if view else ""
    sheets = {
        "": None,
        DECLINE: lambda: DeclineSheet(reasons[DECLINE], lambda why: act(offering.decline(desk, offer_id, why))),
        RELEASE: lambda: ReleaseSheet(reasons[RELEASE], lambda why: act(offering.release(desk, offer_id, why))),
    }
    build = sheets.get(asking, lambda: OutOfStockSheet(name, lambda: act(offering.declare_out(desk, offer_id, asking))))
    ft.use_dialog(sheet(build(), close, "offer-sheet") if build else None)
    if view is None:
        text = _("It is long over, or it was never made to your store.")
        return frame(_("Offer"), EmptyState(ft.Icons.SEARCH_OFF, _("This offer is not known here"), text))
    may = person.permissions if person else frozenset()
    presses = Presses(view, "claim" in may, link.online and not link.crowded and in_time)
    can_declare = "pick" in may and view.stage in (Stage.OPEN, Stage.DECLINED, Stage.FASTER)
    zone = zone_of(store.timezone if store else "")
    lines = [
        line_card(_, line, _asking(ask, line.sku) if can_declare and not line.declared else None) for line in view.lines
    ]
    body = PageColumn([
        banner,
        *state_notes(_, view, link),
        head(_, view, (minute, zone)),
        Section(_("Articles"), lines),
    ])  # fmt: skip

    def back() -> None:
        if view.refusal is not None:
            offering.read_refusal(desk, view.refusal.command_id)
            workplace.changed("work", "offers")
        ft.context.page.navigate("/offers")

    claim = lambda: act(offering.claim(desk, offer_id))  # noqa: E731
    story = story_button(_, Subject.OFFER, offer_id)
    title = _("Offer {number}").format(number=view.number)
    acts = Acts(claim, lambda: _put_off(workplace, view), back)
    return frame(title, body, _bar(_, presses, acts, ask), [story])


def _asking(ask: Callable[[str], None], what: str) -> Press:
    return lambda: ask(what)


def _put_off(workplace: Workplace, view: OfferView) -> None:
    offering.put_off(workplace.database, view.id, not view.later)
    workplace.changed("offers")
    if not view.later:
        ft.context.page.navigate("/offers")


def _bar(_: Translations, can: Presses, acts: Acts, ask: Callable[[str], None]) -> Any:
    """One thing to do next; the others beside it."""
    view, stage = can.view, can.view.stage
    if stage is Stage.OPEN and can.may:
        press = acts.claim if can.now else None
        icon, later = (ft.Icons.ALARM_ON, _("Look at it now")) if view.later else (ft.Icons.SNOOZE, _("Not now"))
        return ActionBar([
            secondary_button(_("Decline"), ft.Icons.DO_NOT_DISTURB_ON, lambda: ask(DECLINE), "offer-decline-button"),
            secondary_button(later, icon, acts.later, "offer-later-button"),
            primary_button(_("Claim this order"), ft.Icons.FRONT_HAND, press, "offer-claim-button"),
        ])  # fmt: skip
    if stage is Stage.YOURS and view.work is not None:
        go = lambda: ft.context.page.navigate(f"/order/{view.work.fulfilment_id}" if view.work else "/")  # noqa: E731
        buttons = [primary_button(_("Open the order"), ft.Icons.ASSIGNMENT, go, "offer-order-button")]
        if can.may and not view.work.begun:
            give = secondary_button(
                _("Give it back"), ft.Icons.KEYBOARD_RETURN, lambda: ask(RELEASE), "offer-release-button"
            )
            buttons.insert(0, give)
        return ActionBar(buttons)
    text = _("Understood") if view.refusal is not None else _("Back to the offers")
    return ActionBar([primary_button(text, ft.Icons.ARROW_BACK, acts.back, "offer-back-button")])
