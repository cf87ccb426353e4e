"""Orders that this store may have: soonest end first, each with its countdown; what became of the others (AL1, AL4)."""

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Any

import flet as ft

from app.actions import offering
from app.components.answer import use_answer
from app.components.buttons import icon_button
from app.components.connection import zone_of
from app.components.frame import frame
from app.components.marks import due
from app.components.minute import use_minute
from app.components.notice import Notice, names_of
from app.components.offer_pause import PauseBar
from app.components.offer_row import OfferCard, OfferRow, PastOffer, PastRow
from app.components.offer_sheets import Hush, HushChoices, SoundSheet
from app.components.offer_words import figure_words
from app.components.page_column import Section
from app.components.progress import EmptyState
from app.components.sheet import sheet
from app.context import use_desk, use_person, use_reader, use_store, use_workplace
from app.i18n import Translations
from app.queries.offer_pause import pause_view
from app.queries.offers import OfferFigures, OffersView, OfferView, offers_view
from app.queries.people import who_may
from app.state import Link
from app.store.ringing import Ringing
from app.theme import SPACE_L, SPACE_M, SPACE_S, regular
from app.ui import key, screen, use_form_factor, use_link, use_query, use_translations
from core.domain.outcome import Verdict

WIDTH_DP = 960


@dataclass(frozen=True, slots=True)
class _Seen:
    """How the list is told: for whom, on which clock, at which minute of the core's time."""

    view: OffersView
    now: datetime
    zone: tzinfo
    wide: bool


def _open(offer_id: str) -> None:
    ft.context.page.navigate(f"/offers/{offer_id}")


@screen
def OffersScreen() -> ft.View:
    _, workplace, reader = use_translations(), use_workplace(), use_reader()
    desk = use_desk()
    person, store, minute = use_person(), use_store(), use_minute()
    link, wide = use_link(), use_form_factor() == "tablet"
    now = minute + link.skew
    view = use_query(lambda: offers_view(workplace.database, reader, now), "offers", "stock", deps=(reader, now))
    pause = use_query(lambda: pause_view(workplace.database, reader.location_id, now), "offers", deps=(reader, now))
    ask = use_query(lambda: who_may(workplace.database, "claim"), "people")
    rings, set_rings = ft.use_state(offering.rules_of_sound(workplace.database))
    tuning, tune = ft.use_state(False)
    banner, answer = use_answer()
    zone = zone_of(store.timezone if store else "")

    def act(paused: bool) -> None:
        outcome = offering.pause(desk, paused)
        workplace.changed("offers")
        if outcome.verdict is Verdict.REJECTED:
            answer(outcome)

    def silence(minutes: int) -> None:
        until = workplace.clock() + timedelta(minutes=minutes) if minutes else None
        offering.be_silent(workplace.database, until)
        set_rings(offering.rules_of_sound(workplace.database))

    def quiet(from_hour: int, until_hour: int) -> None:
        offering.keep_quiet_hours(workplace.database, from_hour, until_hour)
        set_rings(offering.rules_of_sound(workplace.database))

    close = lambda: tune(False)  # noqa: E731
    silent_until = rings.silent_until if rings.is_silenced(workplace.clock()) else None
    hush = Hush(rings, _.time(silent_until, zone) if silent_until else "")
    panel = SoundSheet(hush, HushChoices(silence, quiet, close))
    ft.use_dialog(sheet(panel, close, "offers-sound-sheet") if tuning else None)
    if person is None or "claim" not in person.permissions:
        text = _("Offers are answered by managers. Ask {names}.").format(names=names_of(_, ask))
        return frame(_("Offers"), EmptyState(ft.Icons.LOCK, _("You may not answer offers"), text))
    icon = ft.Icons.NOTIFICATIONS_OFF if hush.silent_until else ft.Icons.VOLUME_UP
    sound = icon_button(icon, _("Sound of new offers"), lambda: tune(True), "offers-sound-button")
    bar = PauseBar(pause, link.online, act)
    rows: list[ft.Control] = [banner, bar, *_notes(_, link, hush, lambda: silence(0))]
    rows += _rows(_, _Seen(view, now.replace(second=0), zone, wide), rings)
    return frame(_("Offers"), _page(rows, wide), actions=[sound])


def _notes(_: Translations, link: Link, hush: Hush, sound_again: Any) -> list[ft.Control]:
    notes: list[ft.Control] = []
    if link.clock_is_wrong:
        text = _("The clock of this device is wrong by {span}. The countdown goes by the clock of the core.")
        notes.append(Notice("info", text.format(span=_.duration(abs(link.skew))), name="offers-clock-text"))
    if hush.silent_until:
        text = _("Silent on this device until {time}. Other devices of the store go on sounding.")
        said = text.format(time=hush.silent_until)
        notes.append(Notice("info", said, ft.Icons.NOTIFICATIONS_OFF, "offers-silent-text"))
    return notes


def _rows(_: Translations, seen: _Seen, rings: Ringing) -> list[ft.Control]:
    rows: list[ft.Control] = [
        OfferRow(_card(_, view, seen), _open, key=key("offers", view.id, "card")) for view in seen.view.open
    ]
    if not rows:
        text = _("New offers appear here by themselves, with a sound. The first store that claims one has it.")
        rows.append(EmptyState(ft.Icons.STORE, _("No open offer"), text))
    if seen.view.over:
        past = [
            PastRow(PastOffer(view, _.time(view.ended_at, seen.zone)), _open, key=key("offers", view.id, "past-card"))
            for view in seen.view.over
            if view.ended_at is not None
        ]
        rows.append(_apart(Section(_("What became of the others"), past)))
    if seen.view.figures.total:
        rows.append(_apart(_figures(_, seen.view.figures)))
    return rows


def _card(_: Translations, view: OfferView, seen: _Seen) -> OfferCard:
    left = view.expires_at - seen.now
    words = _("{duration} left").format(duration=_.duration(left)) if left > timedelta(0) else _("Time is over")
    return OfferCard(view, due(_, view.target_at, seen.now, seen.zone), words, seen.wide)


def _figures(_: Translations, figures: OfferFigures) -> ft.Control:
    words = "  ·  ".join(figure_words(_, figures))
    text = ft.Text(words, key="offers-figures-text", style=regular(size=15), color=ft.Colors.ON_SURFACE_VARIANT)
    section: ft.Control = Section(_("The last 24 hours of your store"), [text])
    return section


def _apart(control: ft.Control) -> ft.Control:
    return ft.Container(control, padding=ft.Padding.only(top=SPACE_L))


def _page(rows: list[ft.Control], wide: bool) -> ft.Control:
    body = ft.ListView(
        rows, key="offers-list", spacing=SPACE_S, padding=SPACE_M, expand=True if not wide else None,
        width=WIDTH_DP if wide else None,
    )  # fmt: skip
    if not wide:
        return body
    return ft.Row([body], alignment=ft.MainAxisAlignment.CENTER, vertical_alignment=ft.CrossAxisAlignment.STRETCH)
