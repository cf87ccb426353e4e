"""A page that is read from top to bottom: as wide as can be read well, in the middle of a tablet."""

from collections.abc import Sequence

import flet as ft

from app.theme import SPACE_M, SPACE_S, bold
from app.ui import part, use_form_factor

WIDTH_DP = 640


@part
def PageColumn(controls: Sequence[ft.Control], width_dp: int = WIDTH_DP) -> ft.Control:
    """Scrolls by itself."""
    tablet = use_form_factor() == "tablet"
    inside = ft.Column(
        list(controls), spacing=SPACE_M, width=width_dp if tablet else None, expand=not tablet,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )  # fmt: skip
    return ft.Column(
        [ft.Container(ft.Row([inside], alignment=ft.MainAxisAlignment.CENTER), padding=SPACE_M)],
        scroll=ft.ScrollMode.AUTO,
        expand=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def page_view(controls: Sequence[ft.Control], width_dp: int = WIDTH_DP) -> ft.View:
    """A screen in front of the work, without its frame: nobody is signed in yet."""
    page = ft.Container(PageColumn(controls, width_dp), expand=True)
    return ft.View(
        route=ft.use_view_path(),
        padding=0,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        controls=[ft.Container(ft.SafeArea(page), expand=True)],
    )


@part
def Section(title: str, controls: Sequence[ft.Control]) -> ft.Control:
    return ft.Column(
        [ft.Text(title, style=bold(size=18)), *controls],
        spacing=SPACE_S,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )
