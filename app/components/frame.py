"""The frame of every screen: where you are, who you are, whether the device is connected, and one thing to do next."""

from collections.abc import Sequence

import flet as ft

from app.components.connection import ConnectionChip
from app.components.languages import language_items, use_language_choice
from app.components.notice import Notice
from app.components.offer_bell import OfferBell
from app.context import use_person, use_session, use_store
from app.store.lease import Reading
from app.theme import SPACE_M, SPACE_S, TOUCH_TARGET_DP, bold, regular
from app.ui import FlashFrame, part, use_form_factor, use_translations
from app.words import sentence

SHORT = 10  # letters of a title that stands large beside the buttons of a phone


def frame(title: str, body: ft.Control, bar: ft.Control | None = None, actions: Sequence[ft.Control] = ()) -> ft.View:
    """The view of a screen. `body` takes the room that is left, so it scrolls by itself (a ListView, or a Column with
    `scroll`); `bar` is an `ActionBar`. A child route gets its back arrow by itself.
    """
    room = use_form_factor() == "tablet" or len(title) <= SHORT
    inside = ft.Column(
        [ft.Container(body, expand=True), *([bar] if bar is not None else [])],
        expand=True,
        spacing=0,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )
    return ft.View(
        route=ft.use_view_path(),
        padding=0,
        spacing=0,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        appbar=ft.AppBar(
            title=ft.Text(
                title,
                key="frame-title-text",
                style=bold(size=20 if room else 16),
                max_lines=1 if room else 2,
                overflow=ft.TextOverflow.ELLIPSIS,
            ),
            actions=[*actions, OfferBell(), PersonMenu()],
            bgcolor=ft.Colors.SURFACE,
        ),
        controls=[StatusStrip(), FlashFrame(inside)],
    )


@part
def StatusStrip() -> ft.Control:
    """Below the title, so that a long title never pushes the connection out of sight."""
    _, store, tablet = use_translations(), use_store(), use_form_factor() == "tablet"
    session = use_session()
    blocked = session.blocked
    line: list[ft.Control] = [ConnectionChip()]
    if store and tablet:
        line.append(ft.Text(store.name, style=regular(size=13), color=ft.Colors.ON_SURFACE_VARIANT))
    strip: list[ft.Control] = [ft.Row(line, spacing=SPACE_M)]
    if blocked:
        strip.append(Notice("warn", sentence(_, blocked, {}), name="frame-blocked-text"))
    if session.reading != Reading.ALL.value:
        strip.append(Notice("info", sentence(_, "customers_hidden", {}), name="frame-hidden-text"))
    return ft.Container(
        ft.Column(strip, spacing=0, tight=True),
        key="frame-status-strip",
        padding=ft.Padding.symmetric(horizontal=SPACE_M),
        bgcolor=ft.Colors.SURFACE,
    )


@part
def PersonMenu() -> ft.Control:
    """Who is signed in; the language, the settings and signing out are one tap away."""
    _, choose = use_translations(), use_language_choice()
    session, person = use_session(), use_person()
    tablet = use_form_factor() == "tablet"
    if person is None:
        return ft.Container(visible=False)

    def leave() -> None:
        session.user_id = ""
        ft.context.page.navigate("/")

    items = [
        ft.PopupMenuItem(
            _("Settings"),
            icon=ft.Icons.SETTINGS,
            key="frame-settings-button",
            on_click=lambda: ft.context.page.navigate("/settings"),
        ),
        ft.PopupMenuItem(_("Sign out"), icon=ft.Icons.LOGOUT, key="frame-sign-out-button", on_click=leave),
        *language_items("frame", _.language, choose),
    ]
    face: list[ft.Control] = [ft.Icon(ft.Icons.ACCOUNT_CIRCLE, size=28)]
    if tablet:
        face.append(ft.Text(person.name, style=bold(size=15)))
        face.append(ft.Text(_.language.own_name, style=regular(size=13), color=ft.Colors.ON_SURFACE_VARIANT))
    return ft.PopupMenuButton(
        ft.Container(
            ft.Row(face, spacing=SPACE_S, tight=True),
            height=TOUCH_TARGET_DP,
            padding=ft.Padding.symmetric(horizontal=SPACE_M),
            alignment=ft.Alignment.CENTER,
        ),
        key="frame-person-menu",
        items=items,
        tooltip=_("{name}: settings, language, sign out").format(name=person.name),
    )
