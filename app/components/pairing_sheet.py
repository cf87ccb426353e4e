"""A manager's device shows the code that pairs another one: as a picture to scan, and to type."""

import io

import flet as ft
import segno

from app.components.answer import AnswerBanner
from app.components.buttons import Press, primary_button, secondary_button
from app.components.sheet import Question, sheet
from app.context import PairingRefused, use_session, use_workplace
from app.theme import SPACE_M, bold, regular
from app.ui import part, use_translations
from app.words import say
from core.contract.grants import PairingCode

SIDE_DP = 240


@part
def PairAnother() -> ft.Control:
    """For somebody who may manage devices."""
    _, workplace, session = use_translations(), use_workplace(), use_session()
    code, set_code = ft.use_state(list[PairingCode]())
    refused, set_refused = ft.use_state(list[PairingRefused]())
    close = lambda: set_code([])  # noqa: E731

    async def ask() -> None:
        answer = await workplace.link.pairing_code(session.user_id)
        set_refused([answer] if isinstance(answer, PairingRefused) else [])
        set_code([] if isinstance(answer, PairingRefused) else [answer])

    shown = None
    if code:
        minutes = max(1, round((code[0].expires_at - workplace.clock()).total_seconds() / 60))
        shown = sheet(PairingSheet(code[0], minutes, close), close, "pairing-sheet")
    ft.use_dialog(shown)
    button = secondary_button(_("Pair another device"), ft.Icons.ADD_LINK, ask, "settings-pair-button")
    banner = AnswerBanner("error", say(_, refused[0]) if refused else "")
    return ft.Column([banner, ft.Row([button])], spacing=SPACE_M, tight=True)


@part
def PairingSheet(code: PairingCode, minutes: int, close: Press) -> ft.Control:
    """`minutes`: how long it is good."""
    _ = use_translations()
    good = _.ngettext(
        "It pairs one device, within {n} minute.", "It pairs one device, within {n} minutes.", minutes
    ).format(n=_.number(minutes))
    picture = ft.Image(src=_picture(code.payload), width=SIDE_DP, height=SIDE_DP, semantics_label=_("Pairing code"))
    controls: list[ft.Control] = [
        ft.Row([ft.Container(picture, bgcolor=ft.Colors.WHITE)], alignment=ft.MainAxisAlignment.CENTER),
        ft.Text(
            code.code, key="pairing-code-text", style=bold(size=28), selectable=True, text_align=ft.TextAlign.CENTER
        ),
        ft.Text(good, style=regular(size=15), text_align=ft.TextAlign.CENTER),
    ]
    button = primary_button(_("Done"), ft.Icons.CHECK, close, "pairing-done-button")
    question: ft.Control = Question(_("Scan this with the other device"), controls, button)
    return question


def _picture(payload: str) -> bytes:
    """PNG with the quiet zone that scanners need."""
    image = io.BytesIO()
    segno.make(payload, error="m", micro=False).save(image, kind="png", scale=8, border=4)
    return image.getvalue()
