"""A field to sign in with a finger; what is kept are its strokes, never a picture."""

from collections.abc import Callable

import flet as ft
import flet.canvas as cv

from app.components.buttons import primary_button
from app.theme import RADIUS, SPACE_M, SPACE_S, bold, regular
from app.ui import part, use_translations

Stroke = tuple[tuple[int, int], ...]
PAD_WIDTH_DP, PAD_HEIGHT_DP = 520, 220
LEAST_MOVE = 6  # thousandths of the width: nearer points say nothing more
MOST_POINTS = 1200


def encoded(strokes: tuple[Stroke, ...]) -> str:
    """ "x,y x,y;x,y" in thousandths of the field's width, as `HandOverCollection` carries it."""
    return ";".join(" ".join(f"{x},{y}" for x, y in stroke) for stroke in strokes if stroke)


def decoded(text: str) -> tuple[Stroke, ...]:
    """The strokes of `encoded`."""

    def point(pair: str) -> tuple[int, int]:
        x, _, y = pair.partition(",")
        return int(x), int(y)

    return tuple(tuple(point(pair) for pair in stroke.split(" ")) for stroke in text.split(";") if stroke)


def extended(strokes: tuple[Stroke, ...], x: int, y: int) -> tuple[Stroke, ...]:
    """With the point at the end of the last stroke, where it is far enough from the one before."""
    if not strokes or sum(map(len, strokes)) >= MOST_POINTS:
        return strokes
    *before, last = strokes
    if last and abs(last[-1][0] - x) + abs(last[-1][1] - y) < LEAST_MOVE:
        return strokes
    return (*before, (*last, (x, y)))


@part
def SignatureSheet(width_dp: int, on_done: Callable[[str], None], on_close: Callable[[], None]) -> ft.Control:
    """In a dialog, where no list scrolls away under the finger."""
    _ = use_translations()
    nothing: tuple[Stroke, ...] = ()
    strokes, draw = ft.use_state(nothing)

    def at(position: ft.Offset) -> tuple[int, int]:
        thousandths = 1000 / width_dp
        high = round(PAD_HEIGHT_DP * thousandths)
        return min(1000, max(0, round(position.x * thousandths))), min(high, max(0, round(position.y * thousandths)))

    def begin(event: ft.DragStartEvent[ft.GestureDetector]) -> None:
        start = at(event.local_position)
        draw(lambda known: (*known, (start,)))

    def go_on(event: ft.DragUpdateEvent[ft.GestureDetector]) -> None:
        x, y = at(event.local_position)
        draw(lambda known: extended(known, x, y))

    done = (lambda: on_done(encoded(strokes))) if any(len(stroke) > 1 for stroke in strokes) else None
    field = ft.Container(
        ft.Stack(
            [
                ft.Container(
                    height=2, left=SPACE_M, right=SPACE_M, bottom=48, bgcolor=ft.Colors.OUTLINE_VARIANT,
                ),
                ft.GestureDetector(
                    key="signature-pad", content=drawing(strokes, width_dp, PAD_HEIGHT_DP), drag_interval=16,
                    on_pan_start=begin, on_pan_update=go_on,
                ),
            ]
        ),
        width=width_dp, height=PAD_HEIGHT_DP, bgcolor="#FFFFFF", border_radius=RADIUS,
        border=ft.Border.all(1, ft.Colors.OUTLINE), clip_behavior=ft.ClipBehavior.HARD_EDGE,
    )  # fmt: skip
    clear = (lambda: draw(())) if strokes else None
    others: list[ft.Control] = [
        ft.TextButton(_("Back"), key="signature-back-button", on_click=on_close, height=48),
        ft.TextButton(
            _("Clear"),
            icon=ft.Icons.CLEAR,
            key="signature-clear-button",
            on_click=clear,
            disabled=clear is None,
            height=48,
        ),
    ]
    text = ft.Text(_("The signature is kept encrypted as proof, and deleted after its time."), style=regular(size=13))
    ends = ft.Row(others, alignment=ft.MainAxisAlignment.SPACE_BETWEEN)
    finish = ft.Row([primary_button(_("Done"), ft.Icons.CHECK, done, "signature-done-button")])
    return ft.Column(
        [ft.Text(_("Please sign here"), style=bold(size=20)), field, text, ends, finish], spacing=SPACE_S, tight=True,
        width=width_dp,
    )  # fmt: skip


def drawing(strokes: tuple[Stroke, ...], width_dp: int, height_dp: int) -> ft.Control:
    """Dark ink in both themes: the field is paper."""
    scale = width_dp / 1000
    paint = ft.Paint(
        color="#10203A", stroke_width=max(1.5, 3 * width_dp / PAD_WIDTH_DP), style=ft.PaintingStyle.STROKE,
        stroke_cap=ft.StrokeCap.ROUND, stroke_join=ft.StrokeJoin.ROUND,
    )  # fmt: skip
    shapes: list[cv.Shape] = []
    for stroke in strokes:
        (x, y), rest = stroke[0], stroke[1:]
        line: list[cv.Path.PathElement] = [cv.Path.MoveTo(x * scale, y * scale)]
        line += [cv.Path.LineTo(x * scale, y * scale) for x, y in rest]
        shapes.append(cv.Path(line, paint=paint))
    return cv.Canvas(shapes, width=width_dp, height=height_dp)


def pad_width(page_width: float | None) -> int:
    """As wide as a dialog on this window may be."""
    return int(min(PAD_WIDTH_DP, (page_width or PAD_WIDTH_DP) - 2 * 48))
