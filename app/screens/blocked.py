"""A device that head office switched off: it says so, says what it still keeps, and can be paired again."""

import flet as ft

from app.components.page_column import page_view
from app.components.pair_again import PairAgain
from app.context import use_session
from app.i18n import Translations
from app.state.sync_status import REVOKED, WIPED
from app.theme import SPACE_L, bold, regular
from app.ui import screen, use_sync_status, use_translations
from app.words import sentence


@screen
def BlockedScreen() -> ft.View:
    """Nothing is shown of the store's work; what was done here and not sent stays, or head office has it."""
    _, session, status = use_translations(), use_session(), use_sync_status()
    kept = _.ngettext(
        "{n} action that was not sent is kept on this device.",
        "{n} actions that were not sent are kept on this device.",
        status.waiting,
    ).format(n=_.number(status.waiting))

    controls: list[ft.Control] = [
        ft.Icon(ft.Icons.BLOCK, size=56, color=ft.Colors.ERROR),
        ft.Text(_("This device was switched off"), key="blocked-title-text", style=bold(size=24)),
        ft.Text(sentence(_, session.blocked, {}), key="blocked-why-text", style=regular(size=16)),
    ]
    if session.blocked == WIPED:
        controls.append(ft.Text(_handed(_, session.handed_over), key="blocked-handed-text", style=regular(size=16)))
        if session.left_over:
            left = _left(_, session.left_over)
            controls.append(ft.Text(left, key="blocked-left-text", style=regular(size=16)))
        return page_view([ft.Column(controls, spacing=SPACE_L)])
    if status.waiting:
        controls.append(ft.Text(kept, key="blocked-kept-text", style=regular(size=16)))
    if session.blocked == REVOKED:
        controls.append(PairAgain("blocked", may_return=False))
    return page_view([ft.Column(controls, spacing=SPACE_L)])


def _handed(_: Translations, count: int) -> str:
    text = _.ngettext(
        "{n} action that was not sent was handed to head office.",
        "{n} actions that were not sent were handed to head office.",
        count,
    )
    return text.format(n=_.number(count))


def _left(_: Translations, count: int) -> str:
    text = _.ngettext(
        "{n} action could not be handed over and stays in a file on this device. Give the device to head office.",
        "{n} actions could not be handed over and stay in a file on this device. Give the device to head office.",
        count,
    )
    return text.format(n=_.number(count))
