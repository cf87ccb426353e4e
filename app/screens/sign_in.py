"""Who works here: a name and a PIN, with or without the network; and until the store's data is here, what is coming."""

import asyncio
from collections.abc import Callable
from typing import Any

import flet as ft

from app.actions.signing_in import SignedIn, sign_in
from app.components.answer import AnswerBanner
from app.components.connection import ConnectionChip, fetching_words
from app.components.languages import LanguageMenu, speak
from app.components.page_column import page_view
from app.components.pin_pad import LONGEST, SHORTEST, PinField, PinPad
from app.components.progress import EmptyState
from app.context import use_session, use_store, use_workplace
from app.devices.scanning import Scan
from app.i18n import Translations
from app.queries.people import PersonView, StoreView, staff
from app.state.sync_status import SyncStatus
from app.theme import RADIUS, SPACE_L, SPACE_M, SPACE_S, bold
from app.ui import key, screen, use_form_factor, use_query, use_scans, use_sync_status, use_translations, use_ui
from app.words import say
from core.domain.outcome import Outcome


@screen
def SignInScreen() -> ft.View:
    _, ui, workplace, session = use_translations(), use_ui(), use_workplace(), use_session()
    store, status, tablet = use_store(), use_sync_status(), use_form_factor() == "tablet"
    people = use_query(lambda: staff(workplace.database), "people")
    chosen, set_chosen = ft.use_state("")
    pin, set_pin = ft.use_state("")
    checking, set_checking = ft.use_state(False)
    refusals, set_refusals = ft.use_state(list[Outcome]())
    page = ft.context.page

    def choose(user_id: str) -> None:
        set_chosen(user_id)
        set_pin("")
        set_refusals([])

    async def enter(given: str) -> None:
        if checking or not chosen or len(given) < SHORTEST:
            return
        set_checking(True)
        outcome = await workplace.link.confirm(chosen, given)
        if outcome is None:
            # Argon2 is slow on purpose, and the screen must not stand still meanwhile.
            outcome = await asyncio.to_thread(sign_in, workplace.database, chosen, given, workplace.clock())
        set_checking(False)
        set_pin("")
        if isinstance(outcome, SignedIn):
            speak(ui, page, next(person.language for person in people if person.id == chosen))
            session.user_id = outcome.user_id
        else:
            set_refusals([outcome])
            ui.feedback.give("error")

    async def press() -> None:
        await enter(pin)

    async def hear(scan: Scan) -> None:
        """Fast fingers on a keyboard look like a scanner."""
        if scan.text.isdigit() and SHORTEST <= len(scan.text) <= LONGEST:
            await enter(scan.text)

    use_scans(hear)
    head: list[ft.Control] = [LanguageMenu("sign-in"), ft.Row([ConnectionChip()]), *_title(_, store)]
    if not people:
        return _view([*head, _fetching(_, status, store is not None, workplace.link.try_now)])
    who = next((person for person in people if person.id == chosen), None)
    names = [*_names(people, chosen, choose), *_demo(_, store, people)]
    pad: list[ft.Control] = [
        AnswerBanner("error", say(_, refusals[0]) if refusals else ""),
        *_greeting(_, who, checking),
        *(
            [
                PinField(pin, set_pin, press, f"{chosen} {len(refusals)} {checking}"),
                PinPad(pin, set_pin, press, checking),
            ]
            if who
            else []
        ),
    ]
    if tablet:
        return _view([*head, _side_by_side(names, pad)])
    other = ft.TextButton(
        _("Somebody else"), icon=ft.Icons.GROUP, key="sign-in-other-button", on_click=lambda: choose("")
    )
    return _view([_middle([*pad, other]), *_demo(_, store, people)] if who else [*head, *names])


def _view(controls: list[ft.Control]) -> ft.View:
    return page_view(controls, 900)


def _title(_: Translations, store: StoreView | None) -> list[ft.Control]:
    where = store.name if store else "Comptoir"
    return [
        ft.Text(where, style=bold(size=16), color=ft.Colors.ON_SURFACE_VARIANT),
        ft.Text(_("Who works here?"), style=bold(size=26)),
    ]


def _names(people: tuple[PersonView, ...], chosen: str, choose: Callable[[str], None]) -> list[ft.Control]:
    return [_tile(person, person.id == chosen, choose) for person in people]


def _tile(person: PersonView, is_chosen: bool, choose: Callable[[str], None]) -> ft.Control:
    initials = "".join(word[0] for word in person.name.split()[:2])
    face = ft.CircleAvatar(content=ft.Text(initials, style=bold(size=16)), radius=22)
    button = ft.Container(
        ft.Row([face, ft.Text(person.name, style=bold(size=18), expand=True)], spacing=SPACE_M),
        key=key("sign-in", person.id, "button"),
        on_click=lambda: choose(person.id),
        ink=True,
        padding=SPACE_M - 4,
        border_radius=RADIUS,
        bgcolor=ft.Colors.PRIMARY_CONTAINER if is_chosen else ft.Colors.SURFACE_CONTAINER_LOW,
        border=ft.Border.all(1, ft.Colors.PRIMARY if is_chosen else ft.Colors.OUTLINE_VARIANT),
    )
    return ft.Semantics(content=button, button=True, selected=is_chosen)


def _greeting(_: Translations, who: PersonView | None, checking: bool) -> list[ft.Control]:
    if who is None:
        return [ft.Text(_("Choose your name, then enter your PIN."), color=ft.Colors.ON_SURFACE_VARIANT)]
    words = _("The PIN is being checked.") if checking else _("Enter your PIN, then confirm.")
    return [
        ft.Text(who.name, key="sign-in-who-text", style=bold(size=22), text_align=ft.TextAlign.CENTER),
        ft.Text(words, color=ft.Colors.ON_SURFACE_VARIANT, text_align=ft.TextAlign.CENTER),
    ]


def _demo(_: Translations, store: StoreView | None, people: tuple[PersonView, ...]) -> list[ft.Control]:
    """Only the demo data has PINs to show."""
    shown = [person for person in people if person.demo_pin]
    if store is None or not store.demo or not shown:
        return []
    lines = [ft.Text(f"{person.name}: {person.demo_pin}", style=bold(size=15)) for person in shown]
    note = ft.Text(_("Demo: everybody may use these PINs."), color=ft.Colors.ON_TERTIARY_CONTAINER)
    return [
        ft.Container(
            ft.Column([note, *lines], spacing=4, tight=True),
            key="sign-in-demo-note",
            bgcolor=ft.Colors.TERTIARY_CONTAINER,
            border_radius=RADIUS,
            padding=SPACE_M,
        )
    ]


def _fetching(_: Translations, status: SyncStatus, known: bool, try_now: Callable[[], None]) -> Any:
    """Before the first pull: what is coming, or why nothing comes. `known`: the store is, but nobody has a PIN."""
    again = ft.FilledButton(
        _("Try again"), icon=ft.Icons.REFRESH, key="sign-in-again-button", on_click=try_now, height=56
    )
    if status.connection == "offline":
        text = _("Check the Wi-Fi. The store’s data has to come once before somebody can sign in.")
        return EmptyState(ft.Icons.CLOUD_OFF, _("The core cannot be reached"), text, again)
    if known:
        text = _("Nobody of this store has a PIN yet. Head office can set one.")
        return EmptyState(ft.Icons.PERSON_OFF, _("Nobody can sign in yet"), text, again)
    rows = _.ngettext("{n} row has come.", "{n} rows have come.", status.pulled_rows)
    lines: list[ft.Control] = [
        ft.Text(_("The store’s data is being fetched"), style=bold(size=18)),
        ft.ProgressBar(semantics_label=_("The store’s data is being fetched"), bar_height=8, border_radius=4),
        ft.Text(rows.format(n=_.number(status.pulled_rows)) if status.pulled_rows else _("The core is being asked.")),
        *(ft.Text(words) for words in fetching_words(_, status)),
    ]
    return ft.Column(lines, spacing=SPACE_M, key="sign-in-fetching")


def _side_by_side(names: list[ft.Control], pad: list[ft.Control]) -> ft.Control:
    start = ft.Column(names, spacing=SPACE_S, expand=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
    sides: list[ft.Control] = [start, ft.Container(_middle(pad), expand=True)]
    return ft.Row(sides, spacing=SPACE_L, vertical_alignment=ft.CrossAxisAlignment.START)


def _middle(controls: list[ft.Control]) -> ft.Control:
    return ft.Column(controls, spacing=SPACE_S, horizontal_alignment=ft.CrossAxisAlignment.CENTER)
