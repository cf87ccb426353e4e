"""The error boundary: a component that fails to draw becomes a panel with a code, and the session lives on.

Flet's redraw loop ends at the first exception, and with it every later redraw. So no component is a bare
`ft.component`: a screen is a `@screen`, anything smaller a `@part`, a line of a long list a `@row`.
"""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlparse

import flet as ft

from app.ui.faults import report
from app.ui.hooks import Detached, use_translations

# Components take `key=` besides their arguments, which no signature of the drawing function tells.
ComponentFunction = Callable[..., Any]
logger = logging.getLogger("app.ui")
HOME_ROUTE = "/"


def screen(draw: Callable[[], ft.View]) -> ComponentFunction:
    """A route's component. It takes no arguments (`ft.use_route_params()` has the ids) and returns a `ft.View`.

    Another id on the same route starts with fresh state, because the state is kept by the resolved path.
    """

    @ft.component
    @wraps(draw)
    def guarded() -> Any:
        path, (tries, set_tries) = ft.use_view_path(), ft.use_state(0)
        try:
            return draw()
        except Exception as fault:
            panel = FaultPanel(report(fault, draw.__qualname__), lambda: set_tries(tries + 1))
            return ft.View(route=path or HOME_ROUTE, controls=[panel])

    @ft.component
    @wraps(draw)
    def keyed() -> Any:
        return inner(key=ft.use_view_path())

    inner: ComponentFunction = guarded
    return keyed


def part(draw: Callable[..., ft.Control]) -> ComponentFunction:
    """A component inside a screen; it also takes `key=`. When it fails, only its place shows the fault.

    What stood in a sheet may be drawn once more after the sheet was closed: nobody sees it, and nothing is above it.
    """

    @ft.component
    @wraps(draw)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        try:
            return draw(*args, **kwargs)
        except Detached:
            logger.info("%s was drawn after it had left the page", draw.__qualname__)
            return ft.Container(visible=False)
        except Exception as fault:
            return FaultLine(report(fault, draw.__qualname__))

    return guarded


def row(draw: Callable[..., ft.Control]) -> ComponentFunction:
    """A `part` that is drawn again only when its arguments differ. One frozen argument, and a key that is its id."""
    memoised: ComponentFunction = ft.memo(part(draw))  # type: ignore[no-untyped-call]
    return memoised


@ft.component
def FaultPanel(code: str, on_again: Callable[[], None]) -> ft.Control:
    _ = use_translations()

    def back() -> None:
        if urlparse(ft.context.page.route).path == HOME_ROUTE:
            on_again()
        else:
            ft.context.page.navigate(HOME_ROUTE)

    return ft.SafeArea(
        ft.Column(
            [
                ft.Icon(ft.Icons.ERROR_OUTLINE, size=48, color=ft.Colors.ERROR),
                ft.Text(_("This screen cannot be shown."), size=20, weight=ft.FontWeight.BOLD),
                ft.Text(_("Your work is saved. Report the code {code} if it happens again.").format(code=code)),
                ft.FilledButton(_("Back to the work list"), key="fault-back-button", on_click=back),
            ],
            key="fault-panel",
            horizontal_alignment=ft.CrossAxisAlignment.CENTER,
        )
    )


@ft.component
def FaultLine(code: str) -> ft.Control:
    _ = use_translations()
    return ft.Text(_("This part cannot be shown ({code}).").format(code=code), key="fault-line", color=ft.Colors.ERROR)
