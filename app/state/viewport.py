"""Tells phone from tablet, so that a turned device redraws and a dragged window edge does not."""

from dataclasses import dataclass
from enum import StrEnum

import flet as ft

TABLET_FROM_PX = 720


class FormFactor(StrEnum):
    PHONE = "phone"
    TABLET = "tablet"


@dataclass(eq=False)
class Viewport(ft.Observable):
    form_factor: FormFactor = FormFactor.TABLET

    def measure(self, width_px: float | None) -> None:
        """Logical pixels; a width not known yet changes nothing."""
        if width_px:
            self.form_factor = FormFactor.TABLET if width_px >= TABLET_FROM_PX else FormFactor.PHONE
