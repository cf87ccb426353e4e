"""An article as people look for it: picture, size and colour first, numbers last."""

from typing import Protocol

import flet as ft

from app.components.colours import swatch
from app.components.silhouettes import silhouette
from app.theme import RADIUS, SPACE_S, bold, regular
from app.ui import part, use_translations

PICTURE_DP = 72


class Article(Protocol):
    """What views of stops, lines and parcels have in common."""

    @property
    def sku(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def colour(self) -> str: ...
    @property
    def size(self) -> str: ...
    @property
    def image(self) -> str: ...
    @property
    def category(self) -> str: ...


@part
def ArticlePicture(view: Article, size_dp: int = PICTURE_DP) -> ft.Control:
    """The photograph, or a drawing of the kind of article in its colour where there is none, or none yet."""
    label = " ".join(word for word in (view.name, view.colour, view.size) if word)
    inner = size_dp - 2 * SPACE_S
    drawing = ft.Image(silhouette(view.category, view.colour), width=inner, height=inner, exclude_from_semantics=True)
    picture: ft.Control = drawing
    if view.image:
        picture = ft.Image(
            view.image, width=size_dp, height=size_dp, fit=ft.BoxFit.COVER, error_content=drawing, semantics_label=label
        )
    return ft.Container(
        picture,
        width=size_dp,
        height=size_dp,
        border_radius=RADIUS,
        bgcolor="#E4EAE8",
        alignment=ft.Alignment.CENTER,
        clip_behavior=ft.ClipBehavior.ANTI_ALIAS,
        tooltip=None if view.image else label,
    )


@part
def ColourName(colour: str, size: int = 15) -> ft.Control:
    dot = ft.Container(
        width=size,
        height=size,
        border_radius=size // 2,
        bgcolor=swatch(colour),
        border=ft.Border.all(1, ft.Colors.OUTLINE),
    )
    return ft.Row([dot, ft.Text(colour, style=regular(size=size))], spacing=6, tight=True, visible=bool(colour))


@part
def ArticleFacts(view: Article, big: bool = False) -> ft.Control:
    """Name, size, colour, number. `big` on the one article the screen is about."""
    _ = use_translations()
    facts: list[ft.Control] = []
    if view.size:
        words = _("Size {size}").format(size=view.size)
        facts.append(
            ft.Container(
                ft.Text(words, style=bold(size=24 if big else 15), color=ft.Colors.ON_PRIMARY_CONTAINER),
                bgcolor=ft.Colors.PRIMARY_CONTAINER,
                border_radius=8,
                padding=ft.Padding.symmetric(vertical=2, horizontal=SPACE_S),
            )
        )
    facts.append(ColourName(view.colour, 18 if big else 14))
    return ft.Column(
        [
            ft.Text(view.name, style=bold(size=20 if big else 16)),
            ft.Row(facts, spacing=SPACE_S + 4, wrap=True, run_spacing=4),
            ft.Text(view.sku, style=regular(size=13), color=ft.Colors.ON_SURFACE_VARIANT),
        ],
        spacing=4,
        tight=True,
        expand=True,
    )
