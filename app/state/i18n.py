"""The language of this screen; switching it redraws every text."""

from dataclasses import dataclass

import flet as ft


@dataclass(eq=False)
class I18n(ft.Observable):
    """`language` is a tag of `app.i18n.LANGUAGES`."""

    language: str = "en"
