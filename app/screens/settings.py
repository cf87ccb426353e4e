"""How this device looks, sounds and speaks, who is signed in, and what support asks for when something is wrong."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import tzinfo

import flet as ft

from app import VERSION
from app.actions import preferences
from app.components.answer import AnswerBanner
from app.components.chip_label import chip_label
from app.components.connection import connection_words, fetching_words, zone_of
from app.components.frame import frame
from app.components.languages import LanguageChooser
from app.components.page_column import PageColumn, Section
from app.components.pair_again import PairAgain
from app.components.pairing_sheet import PairAnother
from app.components.printing import report_sentence
from app.components.save_file import save_report
from app.components.scanner_facts import scan_facts
from app.components.scanner_set_up import ScannerSetUp
from app.components.strain import StrainNotices
from app.components.switch_line import switch_line
from app.context import Workplace, use_person, use_session, use_store, use_workplace
from app.devices.scanning import Timed
from app.i18n import Translations
from app.logs import LAST
from app.queries.device import DeviceView, device_view
from app.queries.support import About, UnsentView, report, unsent
from app.state import SyncStatus
from app.state.session import Session
from app.state.sync_status import UNKNOWN
from app.theme import RADIUS, SPACE_M, SPACE_S, bold
from app.ui import key, screen, use_query, use_sync_status, use_translations, use_ui
from app.ui.beside import from_left

THEMES = (
    ("system", ft.Icons.BRIGHTNESS_AUTO),
    ("light", ft.Icons.LIGHT_MODE),
    ("dark", ft.Icons.DARK_MODE),
)


@screen
def SettingsScreen() -> ft.View:
    _, ui, workplace, session = use_translations(), use_ui(), use_workplace(), use_session()
    person, store, status = use_person(), use_store(), use_sync_status()
    device = use_query(lambda: device_view(workplace.database), "work", "catalogue")
    waiting = use_query(lambda: unsent(workplace.database, workplace.clock()), "work")
    said, set_said = ft.use_state(("info", ""))
    chosen, set_chosen = ft.use_state(preferences.chosen(workplace.database))
    page = ft.context.page

    def look(theme: str) -> None:
        preferences.choose_theme(workplace.database, theme)
        page.theme_mode = ft.ThemeMode(theme)
        set_chosen(preferences.chosen(workplace.database))

    def sound(is_on: bool) -> None:
        preferences.choose_sounds(workplace.database, is_on)
        ui.feedback.sounds = is_on
        set_chosen(preferences.chosen(workplace.database))

    def leave() -> None:
        session.user_id = ""
        page.navigate("/")

    async def save() -> None:
        about = _about(session, status, tuple(ui.scans.timed))
        content = await asyncio.to_thread(report, workplace.database, about, workplace.clock())
        outcome = await save_report(page, content, f"comptoir report {workplace.clock():%Y-%m-%d %H%M}")
        set_said(report_sentence(_, outcome))

    clock = zone_of(store.timezone if store else "")
    who = ft.Row(
        [
            ft.Text(person.name if person else "", key="settings-person-text", style=bold(size=18), expand=True),
            ft.OutlinedButton(
                _("Sign out"), icon=ft.Icons.LOGOUT, key="settings-sign-out-button", on_click=leave, height=48
            ),
        ]
    )
    connect = ft.OutlinedButton(
        _("Try to connect now"), icon=ft.Icons.SYNC, key="settings-connect-button", height=48,
        on_click=workplace.link.try_now,
    )  # fmt: skip
    words = ft.Text(
        connection_words(_, status, clock), key="settings-connection-text", style=bold(size=16), expand=True
    )
    sounds = switch_line(_("A sound answers every scan"), chosen.sounds, sound, "settings-sounds-switch")
    again = [PairAgain("settings-known", may_return=True)] if session.blocked == UNKNOWN else []
    may_pair = person is not None and "manage_devices" in person.permissions
    facts = [*_work(_, status, clock), *_device(_, workplace, store.name if store else "", device)]
    return frame(
        _("Settings"),
        PageColumn([
            Section(_("Who works here"), [who]),
            Section(_("Language"), [LanguageChooser("settings")]),
            Section(_("Colours"), [_themes(_, chosen.theme, look)]),
            Section(_("Sounds"), [sounds]),
            Section(_("Scanner"), [ScannerSetUp(), _facts(scan_facts(_, ui.scans.timed))]),
            Section(_("Connection"), [ft.Row([words, connect], wrap=False), StrainNotices(), *again]),
            Section(_("Not sent yet, and why"), [_facts(_unsent(_, waiting, clock))]),
            Section(_("This device"), [_facts(facts), *([PairAnother()] if may_pair else [])]),
            Section(_("Support"), [AnswerBanner(*said), *_support(_, save)]),
        ]),
    )  # fmt: skip


def _themes(_: Translations, chosen: str, choose: Callable[[str], None]) -> ft.Control:
    words = {"system": _("As the device"), "light": _("Light"), "dark": _("Dark")}

    def chip(theme: str, icon: ft.IconData) -> ft.Control:
        return ft.Chip(
            label=chip_label(words[theme], 15, theme == chosen),
            leading=ft.Icon(icon),
            key=key("settings", "theme", theme, "chip"),
            selected=theme == chosen,
            show_checkmark=False,
            on_select=lambda: choose(theme),
            padding=ft.Padding.symmetric(vertical=10, horizontal=8),
        )

    return ft.Row([chip(*theme) for theme in THEMES], wrap=True, spacing=SPACE_S, run_spacing=SPACE_S)


def _work(_: Translations, status: SyncStatus, clock: tzinfo) -> list[tuple[str, str]]:
    last = _.moment(status.last_sync_at, clock) if status.last_sync_at else _("never yet")
    return [
        (_("Last contact with the core"), last),
        (_("Being fetched"), "; ".join(fetching_words(_, status)) or _("nothing")),
        (_("Actions that wait to be sent"), _.number(status.waiting)),
        (_("Actions that need attention"), _.number(status.attention)),
        (_("Clock of this device"), _clock_words(_, status)),
    ]


def _clock_words(_: Translations, status: SyncStatus) -> str:
    if status.clock_skew_ms is None:
        return _("not compared with the core yet")
    if not status.link.clock_is_wrong:
        return _("right")
    span = _.duration(abs(status.link.skew))
    return _("{span} slow").format(span=span) if status.clock_skew_ms > 0 else _("{span} fast").format(span=span)


def _device(_: Translations, workplace: Workplace, store: str, device: DeviceView) -> list[tuple[str, str]]:
    identity = workplace.session.identity
    return [
        (_("Store"), store),
        (_("Device"), from_left(f"{identity.device_number} ({identity.device_id})") if identity else ""),
        (_("Core"), workplace.core_address),
        (_("App version"), VERSION),
        (_("Articles on this device"), _.number(device.articles)),
        (_("Orders on this device"), _.number(device.orders)),
        (_("Space taken"), _("{size} MB").format(size=_.number(round(device.size_bytes / 1_000_000, 1)))),
    ]


def _facts(facts: list[tuple[str, str]]) -> ft.Control:
    def line(name: str, value: str) -> ft.Control:
        label = ft.Text(name, color=ft.Colors.ON_SURFACE_VARIANT, expand=2)
        return ft.Row(
            [label, ft.Text(value, selectable=True, expand=3)],
            spacing=SPACE_M,
            vertical_alignment=ft.CrossAxisAlignment.START,
        )

    return ft.Container(
        ft.Column([line(*fact) for fact in facts], spacing=SPACE_S + 2, tight=True),
        bgcolor=ft.Colors.SURFACE_CONTAINER_LOW,
        border_radius=RADIUS,
        padding=SPACE_M,
    )


def _unsent(_: Translations, waiting: tuple[UnsentView, ...], clock: tzinfo) -> list[tuple[str, str]]:
    words = {
        "on_hold": _("Set aside for a while: they broke the connection"),
        "asked_before": _("The core asked to come again later"),
        "answered": _("The core has them, their effects are on the way"),
        "new": _("They wait for the connection"),
    }
    if not waiting:
        return [(_("Everything was sent"), "")]
    since = _("{n}, the oldest of {moment}")
    return [
        (words[one.why], since.format(n=_.number(one.count), moment=_.moment(one.oldest_at, clock))) for one in waiting
    ]


def _support(_: Translations, save: Callable[[], Awaitable[None]]) -> list[ft.Control]:
    text = _("The report says how this device is doing. It names no customer, no colleague and no article.")
    return [
        ft.Text(text, color=ft.Colors.ON_SURFACE_VARIANT),
        ft.OutlinedButton(
            _("Save a report for support"), icon=ft.Icons.SUPPORT_AGENT, key="settings-report-button", height=48,
            on_click=save,
        ),
    ]  # fmt: skip


def _about(session: Session, status: SyncStatus, scans: tuple[Timed, ...]) -> About:
    who = session.identity
    return About(
        who.device_id if who else "",
        who.device_number if who else 0,
        who.location_id if who else "",
        session.reading,
        status,
        tuple(LAST.entries),
        scans,
    )
