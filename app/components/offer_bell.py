"""The bell in every title bar of who may answer offers: how many wait, and what is new about them, told once.

It is heard only while the app is open. Silence and quiet hours take the sound away, never words or badge.
"""

from collections.abc import Sequence

import flet as ft

from app.actions import offering
from app.components.connection import zone_of
from app.components.offer_words import units_words
from app.context import use_person, use_reader, use_store, use_workplace
from app.devices.feedback import Verdict
from app.i18n import Translations
from app.queries.offers import Bell, OfferNews, bell
from app.theme import TOUCH_TARGET_DP
from app.ui import part, use_query, use_translations, use_ui
from app.ui.passing import Passing
from app.words import sentence

PERMISSION = "claim"
MEANINGS: dict[str, Verdict] = {"accepted": "ok", "attention": "warn", "rejected": "error"}


@part
def OfferBell() -> ft.Control:
    person = use_person()
    if person is None or PERMISSION not in person.permissions:
        return ft.Container(visible=False)
    ringer: ft.Control = _Ringer()
    return ringer


@part
def _Ringer() -> ft.Control:
    _, ui, workplace = use_translations(), use_ui(), use_workplace()
    reader, store = use_reader(), use_store()
    view: Bell = use_query(lambda: bell(workplace.database, reader.location_id), "offers", deps=(reader,))

    def tell() -> None:
        if not view.news:
            return
        fresh = offering.hear(workplace.database, [news.id for news in view.news], view.known)
        told = [news for news in view.news if news.id in fresh]
        for answer in (news for news in told if news.code):
            ui.feedback.give(MEANINGS[answer.state])
            if ft.context.page.route == f"/offers/{answer.offer_id}":
                continue  # the screen says it itself, and its buttons are to be seen
            _say(_, ui.passing, _answer(_, answer), f"/offers/{answer.offer_id}")
        new = [news for news in told if not news.code]
        if new:
            clock = zone_of(store.timezone if store else "")
            if offering.rules_of_sound(workplace.database).sounds(workplace.clock(), clock):
                ui.feedback.ring()
            _say(_, ui.passing, _new(_, new), f"/offers/{new[0].offer_id}" if len(new) == 1 else "/offers")

    ft.use_effect(tell, [tuple(news.id for news in view.news)])
    words = _("Offers: none is open")
    if view.waiting:
        words = _.ngettext("Offers: {n} is open", "Offers: {n} are open", view.waiting).format(n=_.number(view.waiting))
    icon = ft.Icon(
        ft.Icons.NOTIFICATIONS_ACTIVE if view.waiting else ft.Icons.NOTIFICATIONS_NONE,
        semantics_label=words,
        badge=ft.Badge(label=_.number(view.waiting)) if view.waiting else None,
    )
    return ft.IconButton(
        icon,
        tooltip=words,
        key="offers-bell-button",
        on_click=lambda: ft.context.page.navigate("/offers"),
        width=TOUCH_TARGET_DP,
        height=TOUCH_TARGET_DP,
    )


def _answer(_: Translations, news: OfferNews) -> str:
    return f"{news.number}: {sentence(_, news.code, dict(news.params))}"


def _new(_: Translations, new: Sequence[OfferNews]) -> str:
    if len(new) > 1:
        return _.ngettext("{n} new offer", "{n} new offers", len(new)).format(n=_.number(len(new)))
    (one,) = new
    return _("New offer: {units}, {value}").format(
        units=units_words(_, one.units), value=_.money(one.value_minor, one.currency)
    )


def _say(_: Translations, passing: Passing, text: str, route: str) -> None:
    page = ft.context.page
    look = None if page.route == route else ft.SnackBarAction(_("Look"), on_click=lambda: page.navigate(route))
    passing.tell(page, text, look)
