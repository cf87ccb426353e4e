"""What a camera shows: the picture to its edges, what can be done to it, the code it read, a choice of several."""

from collections.abc import Callable
from typing import Any

import flet as ft
import flet_camera as fc

from app.state.cell import use_cell
from app.theme import RADIUS, SPACE_M, SPACE_S, SPACE_XS, TOUCH_TARGET_DP, bold, is_dark, tone
from app.ui.beside import beside
from app.ui.camera_eye import Eye, zoom_steps
from app.ui.hooks import use_translations, use_ui
from app.ui.keys import key
from app.ui.screen import part

SCRIM, ON_SCRIM = "#99000000", "#FFFFFF"
# The part of the picture that is aimed with.
AIM_WIDTH, AIM_HEIGHT = 0.72, 0.5
MOST_CHOICES = 5


def cover(box: tuple[float, float], picture: tuple[float, float]) -> tuple[float, float, float, float]:
    """Left, top, width and height of a picture that fills the whole box and is cut at its edges, in dp."""
    (width, height), aspect = box, picture[0] / picture[1]
    wide = max(width, height * aspect)
    high = wide / aspect
    return (width - wide) / 2, (height - high) / 2, wide, high


@part
def Preview(eye: Eye, heights_dp: tuple[float, float], on_close: Callable[[], None]) -> Any:
    """The picture, cut to the box as a viewfinder; the aim shows the colour of the last answer."""
    page, wanted, size = ft.context.page, use_cell(eye.wanted), use_cell(eye.size)
    width, set_width = ft.use_state(0.0)
    upright = not page.web and (page.height or 0) > (page.width or 0)
    taken = size or (1280, 720)
    # A phone sends the frames of its sensor lying down, whichever way it is held, and shows them as it is held.
    picture = (min(taken), max(taken)) if upright else taken
    least, greatest = heights_dp
    height_dp = min(max(width * 9 / 16, least), greatest)
    left, top, wide, high = cover((width or 320.0, height_dp), picture)
    camera = fc.Camera(
        ref=eye.control, left=left, top=top, width=wide, height=high,
        on_stream_image=eye.camera.heard if wanted else None,
    )  # fmt: skip

    async def tap(event: ft.TapEvent[ft.GestureDetector]) -> None:
        if event.local_position is not None and eye.tools.value.abilities.focus:
            await eye.focus((event.local_position.x - left) / wide, (event.local_position.y - top) / high)

    touch = ft.GestureDetector(
        content=ft.Container(expand=True), on_tap_down=tap, exclude_from_semantics=True,
        left=0, right=0, top=0, bottom=0,
    )  # fmt: skip
    layers: list[ft.Control] = [camera, _Aim(eye), touch, _Tools(eye, on_close)]
    return ft.Container(
        ft.Stack(layers, clip_behavior=ft.ClipBehavior.HARD_EDGE, height=height_dp),
        key="camera-preview",
        height=height_dp,
        bgcolor="#101414",
        border_radius=RADIUS,
        clip_behavior=ft.ClipBehavior.ANTI_ALIAS,
        on_size_change=lambda event: set_width(event.width),
    )


@part
def _Aim(eye: Eye) -> ft.Control:
    """Where a code is to be held; it wears the colour of the last answer for as long as that flashes."""
    flash, _set = ft.use_state(use_ui().flash)
    colour = tone(flash.verdict, is_dark(ft.context.page)).fill if flash.verdict else "#CCFFFFFF"
    aim = ft.Container(
        key="camera-aim", data=flash.verdict, border=ft.Border.all(6 if flash.verdict else 2, colour),
        border_radius=RADIUS, expand=int(100 * AIM_WIDTH),
    )  # fmt: skip
    side = int(100 * (1 - AIM_WIDTH) / 2)
    row = ft.Row([ft.Container(expand=side), aim, ft.Container(expand=side)], expand=int(100 * AIM_HEIGHT), spacing=0,
                 vertical_alignment=ft.CrossAxisAlignment.STRETCH)  # fmt: skip
    above = int(100 * (1 - AIM_HEIGHT) / 2)
    column = ft.Column([ft.Container(expand=above), row, ft.Container(expand=above)], spacing=0)
    return ft.Container(column, ignore_interactions=True, left=0, right=0, top=0, bottom=0)


@part
def _Tools(eye: Eye, on_close: Callable[[], None]) -> ft.Control:
    """Over the picture at its corners. What this camera cannot do is not offered."""
    _, tools = use_translations(), use_cell(eye.tools)
    close = _tool(ft.Icons.CLOSE, _("Close camera"), on_close, "camera-close-button")
    below: list[ft.Control] = []
    if tools.abilities.torch:
        icon = ft.Icons.FLASHLIGHT_OFF if tools.lit else ft.Icons.FLASHLIGHT_ON
        label = _("Switch the light off") if tools.lit else _("Switch the light on")
        below.append(_tool(icon, label, eye.light, "camera-light-button"))
    if len(zoom_steps(tools.abilities.zoom)) > 1:
        label = _("Magnified {level} times: change it").format(level=_.number(round(tools.zoom, 1)))
        shown = ft.Text(f"{tools.zoom:g}x", style=bold(size=15), color=ON_SCRIM, semantics_label=label)
        below.append(_round(shown, label, eye.zoom, "camera-zoom-button"))
    apart = ft.MainAxisAlignment.SPACE_BETWEEN
    rows: list[ft.Control] = [
        ft.Row([ft.Container(), close], alignment=apart),
        ft.Row(below, alignment=apart),
    ]
    return ft.Container(
        ft.Column(rows, alignment=apart), padding=SPACE_S, left=0, right=0, top=0, bottom=0, key="camera-tools"
    )


def _tool(icon: ft.IconData, label: str, on_click: Callable[[], Any], name: str) -> ft.Control:
    return _round(ft.Icon(icon, color=ON_SCRIM, semantics_label=label), label, on_click, name)


def _round(content: ft.Control, label: str, on_click: Callable[[], Any], name: str) -> ft.Control:
    return ft.IconButton(
        content, tooltip=label, on_click=on_click, key=name, bgcolor=SCRIM, width=TOUCH_TARGET_DP,
        height=TOUCH_TARGET_DP,
    )  # fmt: skip


@part
def ReadLine(eye: Eye) -> ft.Control:
    """What to do, until a code was read; then the code, and a button that counts it once more."""
    _, ready, last, count = use_translations(), use_cell(eye.ready), use_cell(eye.last), use_cell(eye.counted)
    if last is None:
        waiting = _("Waiting for the camera. Allow its use if you are asked.")
        text = _("Hold the code in front of the camera.") if ready else waiting
        return ft.Row([ft.Text(text, key="camera-hint-text", expand=True)])
    # Translators: of codes that the camera has read since it was opened
    many = _.ngettext("{n} code read", "{n} codes read", count).format(n=_.number(count))
    words = ft.Column(
        [
            ft.Text(spelled(last.text), key="camera-last-text", style=bold(size=15), max_lines=1,
                    overflow=ft.TextOverflow.ELLIPSIS, rtl=False),
            ft.Text(beside(last.symbology or "", many), style=None, size=13,
                    color=ft.Colors.ON_SURFACE_VARIANT),
        ],
        spacing=0, tight=True, expand=True,
    )  # fmt: skip
    again = ft.OutlinedButton(
        _("One more of it"), icon=ft.Icons.EXPOSURE_PLUS_1, key="camera-again-button", on_click=eye.again,
        height=TOUCH_TARGET_DP,
    )  # fmt: skip
    return ft.Row([words, again], spacing=SPACE_S)


@part
def CountAll(eye: Eye) -> ft.Control:
    """Every code in view counts, not only the aimed one: for a shelf or a box of labels."""
    _, is_on = use_translations(), use_cell(eye.all_count)
    return ft.Switch(
        label=_("Count every code in view"),
        value=is_on,
        key="camera-all-switch",
        on_change=lambda event: eye.count_all(bool(event.control.value)),
    )


@part
def Choosing(eye: Eye) -> ft.Control:
    """Several codes and none aimed at: a person says which one, or holds the camera closer."""
    _, choice = use_translations(), use_cell(eye.choice)
    if choice is None:
        return ft.Container(visible=False, key="camera-no-choice")
    title = ft.Text(_("Several codes are in view. Which one is it?"), key="camera-choice-text", style=bold(size=16))
    lines: list[ft.Control] = [_choice_button(eye, code.text, code.symbology) for code in choice.codes[:MOST_CHOICES]]
    none = ft.TextButton(_("None of these"), key="camera-none-button", on_click=eye.dismiss, height=TOUCH_TARGET_DP)
    return ft.Column([ft.Semantics(content=title, live_region=True), *lines, none], spacing=SPACE_XS, tight=True,
                     horizontal_alignment=ft.CrossAxisAlignment.STRETCH)  # fmt: skip


def _choice_button(eye: Eye, text: str, symbology: str) -> ft.Control:
    async def choose() -> None:
        await eye.choose(text)

    named = ft.Row(
        [
            ft.Text(spelled(text), style=bold(size=16), max_lines=1, overflow=ft.TextOverflow.ELLIPSIS, expand=True,
                    rtl=False),
            ft.Text(symbology, color=ft.Colors.ON_SURFACE_VARIANT),
        ],
        spacing=SPACE_M,
    )  # fmt: skip
    return ft.OutlinedButton(content=named, key=key("camera", text[:40], "choice"), on_click=choose, height=56)


def spelled(text: str) -> str:
    """A code as it is shown: without the symbology in front and without characters that draw nothing."""
    shown = text[3:] if text.startswith("]") else text
    return "".join(char if char.isprintable() else " " for char in shown)
