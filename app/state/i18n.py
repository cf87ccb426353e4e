"""The language of this screen; switching it redraws every text."""

from dataclasses import dataclass

import flet as ft


@ft.observable
@dataclass
class I18n:
    """`language` is a tag of `app.i18n.LANGUAGES`."""

    language: str = "en"
