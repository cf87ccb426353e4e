"""Leads from whatever shows an order to what happened to it."""

import flet as ft

from app.components.buttons import icon_button
from app.i18n import Translations
from core.contract.story import Subject


def story_button(_: Translations, kind: Subject, id: str) -> ft.Control:
    def go() -> None:
        ft.context.page.navigate(f"/story/{kind.value}/{id}")

    return icon_button(ft.Icons.HISTORY, _("What happened"), go, f"{kind.value}-story-button")
