"""Questions about offers: why it is declined or given back, whether an article is really out, when offers may sound."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import flet as ft

from app.components.buttons import primary_button
from app.components.offer_words import decline_effect
from app.components.reasons import Choice, ReasonList
from app.components.sheet import Question
from app.i18n import Translations
from app.queries.offers import OfferReason
from app.store.ringing import Ringing
from app.theme import SPACE_M, SPACE_S, TOUCH_TARGET_DP, bold, regular
from app.ui import key, part, use_translations

FEW_REASONS: Final = 3
HOURS: Final = range(24)
SILENCES_MINUTES: Final = (30, 120)


@part
def DeclineSheet(reasons: tuple[OfferReason, ...], on_decline: Callable[[str], None]) -> Any:
    """What the reason does to the stock is said before it is chosen."""
    _ = use_translations()
    chosen, choose = ft.use_state("")
    choices = tuple(Choice(each.id, each.text, decline_effect(_, each)) for each in reasons)
    said = ft.Text(_("Your store is not asked again for this order. Other stores may still claim it."))
    ready = (lambda: on_decline(chosen)) if chosen or not reasons else None
    button = primary_button(_("Decline the offer"), ft.Icons.DO_NOT_DISTURB_ON, ready, "offer-decline-now-button")
    controls = [said, ReasonList(choices, chosen, choose)]
    return Question(_("Why not?"), controls, button, tall=len(reasons) > FEW_REASONS)


@part
def ReleaseSheet(reasons: tuple[OfferReason, ...], on_release: Callable[[str], None]) -> Any:
    _ = use_translations()
    chosen, choose = ft.use_state("")
    choices = tuple(Choice(each.id, each.text) for each in reasons)
    said = ft.Text(_("Its units are free again, other stores are asked, and your store is not asked again for it."))
    ready = (lambda: on_release(chosen)) if chosen or not reasons else None
    button = primary_button(_("Give it back"), ft.Icons.KEYBOARD_RETURN, ready, "offer-release-now-button")
    controls = [said, ReasonList(choices, chosen, choose)]
    return Question(_("Why give it back?"), controls, button, tall=len(reasons) > FEW_REASONS)


@part
def OutOfStockSheet(name: str, on_declare: Callable[[], None]) -> Any:
    _ = use_translations()
    said = _(
        "Nothing of it is sold from here any more until the shelf is counted, and this offer is declined for your "
        "store. That holds also without connection."
    )
    button = primary_button(_("Declare out of stock"), ft.Icons.REPORT, on_declare, "offer-out-now-button")
    return Question(_("Nothing of it here?"), [ft.Text(name, style=bold(size=16)), ft.Text(said)], button)


@dataclass(frozen=True, slots=True)
class Hush:
    """`silent_until`: on the store's clock, "" where offers may sound."""

    ringing: Ringing
    silent_until: str


@dataclass(frozen=True, slots=True)
class HushChoices:
    """`silence(minutes)`, 0 to sound again; `quiet(from hour, until hour)`."""

    silence: Callable[[int], None]
    quiet: Callable[[int, int], None]
    done: Callable[[], None]


@part
def SoundSheet(hush: Hush, choices: HushChoices) -> Any:
    """ "Not now", and quiet hours: of this device alone."""
    _, rings = use_translations(), hush.ringing
    now = _("Silent until {time}.").format(time=hush.silent_until) if hush.silent_until else _("New offers sound here.")
    buttons: list[ft.Control] = [_silence(_, minutes, choices.silence) for minutes in SILENCES_MINUTES]
    if hush.silent_until:
        buttons = [_chip(_("Sound again"), ft.Icons.NOTIFICATIONS_ACTIVE, 0, choices.silence)]
    quiet = ft.Row(
        [
            _hour(_, _("Quiet from"), rings.quiet_from, lambda hour: choices.quiet(hour, rings.quiet_until), "from"),
            _hour(_, _("until"), rings.quiet_until, lambda hour: choices.quiet(rings.quiet_from, hour), "until"),
        ],
        spacing=SPACE_M,
    )
    none = _("No quiet hours: both times are the same.") if rings.quiet_from == rings.quiet_until else ""
    note = _("This is for this device; others of the store go on sounding. Words and number of offers stay.")
    controls: list[ft.Control] = [
        ft.Text(now, key="offers-sound-text", style=bold(size=16)),
        ft.Row(buttons, wrap=True, spacing=SPACE_S, run_spacing=SPACE_S),
        quiet,
        ft.Text(" ".join(filter(None, (none, note))), style=regular(size=14), color=ft.Colors.ON_SURFACE_VARIANT),
    ]
    done = primary_button(_("Done"), ft.Icons.CHECK, choices.done, "offers-sound-done-button")
    return Question(_("Sound of new offers"), controls, done)


def _silence(_: Translations, minutes: int, silence: Callable[[int], None]) -> ft.Control:
    text = _.ngettext("Not now: silent for {n} minute", "Not now: silent for {n} minutes", minutes)
    return _chip(text.format(n=_.number(minutes)), ft.Icons.NOTIFICATIONS_OFF, minutes, silence)


def _chip(text: str, icon: ft.IconData, minutes: int, silence: Callable[[int], None]) -> ft.Control:
    return ft.OutlinedButton(
        text, icon=icon, key=key("offers", "silence", minutes, "button"), on_click=lambda: silence(minutes),
        height=TOUCH_TARGET_DP,
    )  # fmt: skip


def _hour(_: Translations, label: str, chosen: int, choose: Callable[[int], None], name: str) -> ft.Control:
    def clock(hour: int) -> str:
        return _.time(datetime(2000, 1, 1, hour, tzinfo=UTC), UTC)

    return ft.Dropdown(
        label=label,
        value=str(chosen),
        options=[ft.DropdownOption(key=str(hour), text=clock(hour)) for hour in HOURS],
        key=key("offers", "quiet", name, "field"),
        on_select=lambda e: choose(int(e.control.value or 0)),
        width=150,
        menu_height=300,
    )
