"""The state of the connection, in sight on every screen: what is known, in words, without alarm while work goes on."""

from datetime import tzinfo
from zoneinfo import ZoneInfo

import flet as ft

from app.components.minute import use_minute
from app.context import use_store
from app.i18n import Translations
from app.state import SyncStatus
from app.state.sync_status import MANY_WAITING
from app.theme import RADIUS, SPACE_S, SPACE_XS, TOUCH_TARGET_DP, bold, is_dark, regular, tone
from app.ui import part, row, use_sync_status, use_translations
from core.contract.sync import Group

CHIP_HEIGHT_DP = 36


def zone_of(timezone: str) -> tzinfo:
    return ZoneInfo(timezone or "UTC")


def connection_words(_: Translations, status: SyncStatus, clock: tzinfo) -> str:
    match status.connection:
        case "online":
            return _("Online")
        case "asking":
            return _("Connecting")
        case "offline" if status.since:
            return _("Offline since {time}").format(time=_.time(status.since, clock))
        case "offline":
            return _("Offline")


def fetching_words(_: Translations, status: SyncStatus) -> list[str]:
    """How much of each file has come, and that there is no room for one."""
    words = []
    for one in status.fetching:
        come, size = (_.number(round(part / 1_000_000, 1)) for part in (one.come_bytes, one.size_bytes))
        is_stock = one.group is Group.STOCK
        # Translators: how much of the file has been fetched
        text = _("Stock: {come} of {size} MB") if is_stock else _("Catalogue: {come} of {size} MB")
        words.append(text.format(come=come, size=size))
    if status.fault == "no_space":
        words.append(_("Too little free space on this device"))
    return words


ICONS = {"online": ft.Icons.CLOUD_DONE, "asking": ft.Icons.SYNC, "offline": ft.Icons.CLOUD_OFF}


@part
def ConnectionChip() -> ft.Control:
    """Online / offline since / connecting; how much waits; what needs a person, which leads there."""
    _, status, store = use_translations(), use_sync_status(), use_store()
    clock = zone_of(store.timezone if store else "")
    dark = is_dark(ft.context.page)
    calm = (ft.Colors.SECONDARY_CONTAINER, ft.Colors.ON_SECONDARY_CONTAINER)
    plain = (ft.Colors.SURFACE_CONTAINER_HIGH, ft.Colors.ON_SURFACE_VARIANT)
    words = connection_words(_, status, clock)
    is_offline = status.connection == "offline"
    look = tone("warn", dark)
    warning = (look.fill, look.ink)
    chips: list[ft.Control] = [
        OfflineChip(status, words, calm) if is_offline else StateChip(words, ICONS[status.connection], plain)
    ]
    if status.waiting >= MANY_WAITING:
        # Translators: so many actions wait to be sent; somebody should bring the device into reach of the network
        many = _("Waiting: {n}. Connect soon").format(n=_.number(status.waiting))
        chips.append(_chip(many, ft.Icons.OUTBOX, warning, "connection-waiting-chip"))
    elif status.waiting:
        waiting = _.ngettext("{n} waiting", "{n} waiting", status.waiting).format(n=_.number(status.waiting))
        chips.append(_chip(waiting, ft.Icons.OUTBOX, calm if is_offline else plain, "connection-waiting-chip"))
    for number, words in enumerate(fetching_words(_, status)):
        # Two of one key in one row make Flutter throw.
        chips.append(_chip(words, ft.Icons.DOWNLOADING, plain, f"connection-fetching-{number}-chip"))
    if status.attention:
        # Translators: so many actions that the core refused or flagged
        attention = _.ngettext("{n} needs attention", "{n} need attention", status.attention)
        button = ft.Container(
            _chip(attention.format(n=_.number(status.attention)), look.icon, warning, "attention-chip"),
            key="connection-attention-button",
            on_click=lambda: ft.context.page.navigate("/attention"),
            height=TOUCH_TARGET_DP,
            ink=True,
            border_radius=RADIUS,
            padding=ft.Padding.symmetric(vertical=(TOUCH_TARGET_DP - CHIP_HEIGHT_DP) // 2),
        )
        chips.append(ft.Semantics(content=button, button=True))
    return ft.Row(chips, key="connection-row", wrap=True, spacing=SPACE_S, run_spacing=0, expand=True)


@part
def OfflineChip(status: SyncStatus, words: str, calm: tuple[str, str]) -> ft.Control:
    """Since when; after eight hours for how long, as a warning. Time goes on here alone, not on the whole row."""
    _, now = use_translations(), use_minute()
    span = status.long_offline(now)
    if span is None:
        return _state_chip(words, ICONS["offline"], calm)
    look = tone("warn", is_dark(ft.context.page))
    return _state_chip(_("Offline for {duration}").format(duration=_.duration(span)), look.icon, (look.fill, look.ink))


@row
def StateChip(words: str, icon: ft.IconData, colours: tuple[str, str]) -> ft.Control:
    """Apart, because it stays as it is while the number of waiting actions changes with every scan."""
    return _state_chip(words, icon, colours)


def _state_chip(words: str, icon: ft.IconData, colours: tuple[str, str]) -> ft.Control:
    return _chip(words, icon, colours, "connection-state-chip")


def _chip(text: str, icon: ft.IconData, colours: tuple[str, str], key: str) -> ft.Control:
    fill, ink = colours
    style = bold(size=13) if key == "attention-chip" else regular(size=13)
    return ft.Container(
        ft.Row([ft.Icon(icon, size=18, color=ink), ft.Text(text, color=ink, style=style)], spacing=6, tight=True),
        key=key,
        bgcolor=fill,
        border_radius=CHIP_HEIGHT_DP // 2,
        height=CHIP_HEIGHT_DP,
        padding=ft.Padding.symmetric(horizontal=SPACE_S + SPACE_XS),
        margin=ft.Margin.symmetric(vertical=(TOUCH_TARGET_DP - CHIP_HEIGHT_DP) // 2) if key != "attention-chip" else 0,
    )
