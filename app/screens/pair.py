"""A fresh device gets its store: a code from the manager, typed or scanned; it ends in a store or in a sentence."""

import asyncio
from typing import Any

import flet as ft

from app.components.answer import AnswerBanner
from app.components.buttons import PRIMARY_HEIGHT_DP
from app.components.languages import LanguageMenu
from app.components.page_column import page_view
from app.components.scan_sheet import use_closing_scan_sheet
from app.context import PairingRefused, use_session, use_workplace
from app.devices.scanning import Scan
from app.i18n import Translations
from app.state.session import Identity, Session
from app.theme import SPACE_M, SPACE_S, bold, regular
from app.ui import screen, use_scans, use_translations
from app.words import sentence
from core.domain.barcodes import OwnCode, normalise

ENDS_AFTER_S = 20.0


@screen
def PairScreen() -> ft.View:
    _, workplace, session = use_translations(), use_workplace(), use_session()
    code, set_code = ft.use_state(session.pair_code)
    name, set_name = ft.use_state("")
    asking, set_asking = ft.use_state(False)
    refused, set_refused = ft.use_state("")
    open_camera, close_camera = use_closing_scan_sheet(manual=False, place="pairing")
    by_address = bool(session.pair_code) and not session.pair_refusal and not refused
    waiting = asking or by_address

    async def pair(given: str) -> None:
        if waiting or not given.strip():
            return
        set_asking(True)
        set_refused("")
        try:
            async with asyncio.timeout(ENDS_AFTER_S):
                answer = await workplace.link.enrol(given.strip(), name.strip())
        except TimeoutError:
            answer = PairingRefused("unreachable")
        set_asking(False)
        if isinstance(answer, Identity):
            session.identity, session.former = answer, None
        else:
            set_refused(answer.problem if isinstance(answer, PairingRefused) else answer.code)

    async def press() -> None:
        await pair(code)

    async def hear(scan: Scan) -> None:
        close_camera()
        meant = normalise(scan.text)
        if isinstance(meant, OwnCode) and meant.kind == "enrol":
            set_code(meant.value)
            await pair(meant.value)
        else:
            set_refused("not_a_pairing_code")

    use_scans(hear)
    problem = refused or session.pair_refusal
    banner = AnswerBanner("error", "" if waiting or not problem else sentence(_, problem, {}))
    fields: list[ft.Control] = [
        ft.TextField(
            key="pair-code-field",
            label=_("Pairing code"),
            value=code,
            on_change=lambda e: set_code(e.data),
            on_submit=press,
            text_size=22,
            autofocus=True,
            autocorrect=False,
            enable_suggestions=False,
            capitalization=ft.TextCapitalization.CHARACTERS,
            disabled=waiting,
        ),
        ft.TextField(
            key="pair-name-field",
            label=_("Name of this device"),
            helper=_("For example: Tablet 3"),
            value=name,
            on_change=lambda e: set_name(e.data),
            on_submit=press,
            disabled=waiting,
        ),
        banner,
        *_buttons(_, waiting, press if code.strip() else None, open_camera),
        *([] if waiting or session.former is None else [_back(_, session)]),
        ft.Text(
            _("Core: {address}").format(address=workplace.core_address),
            style=regular(size=13),
            color=ft.Colors.ON_SURFACE_VARIANT,
            text_align=ft.TextAlign.CENTER,
        ),
    ]
    return page_view([LanguageMenu("pair"), *_words(_), *fields], 480)


def _back(_: Translations, session: Session) -> ft.Control:
    def back() -> None:
        session.identity, session.former = session.former, None

    return ft.TextButton(_("Back"), key="pair-back-button", on_click=back, height=48)


def _words(_: Translations) -> list[ft.Control]:
    centred = ft.TextAlign.CENTER
    return [
        ft.Icon(ft.Icons.ADD_LINK, size=56, color=ft.Colors.PRIMARY),
        ft.Text(_("Pair this device with a store"), style=bold(size=24), text_align=centred),
        ft.Text(
            _("Your manager or head office has a pairing code for the store. It works once, for a few minutes."),
            text_align=centred,
            color=ft.Colors.ON_SURFACE_VARIANT,
        ),
    ]


def _buttons(_: Translations, waiting: bool, on_pair: Any, on_camera: Any) -> list[ft.Control]:
    if waiting:
        words = ft.Text(_("The core is asked. This ends within 20 seconds."), key="pair-waiting-text", expand=True)
        ring = ft.ProgressRing(width=24, height=24, semantics_label=_("Waiting"))
        return [ft.Row([ring, words], spacing=SPACE_M, alignment=ft.MainAxisAlignment.CENTER)]
    return [
        ft.FilledButton(
            _("Pair"), icon=ft.Icons.LINK, key="pair-button", on_click=on_pair, disabled=on_pair is None,
            height=PRIMARY_HEIGHT_DP,
        ),
        ft.OutlinedButton(
            _("Scan the code with the camera"), icon=ft.Icons.QR_CODE_SCANNER, key="pair-camera-button",
            on_click=on_camera, height=PRIMARY_HEIGHT_DP,
        ),
        ft.Container(height=SPACE_S),
    ]  # fmt: skip
