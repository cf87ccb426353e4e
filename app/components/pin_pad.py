"""A PIN, by large keys or by the keyboard: how many digits were entered is seen, which ones is not."""

from collections.abc import Callable, Sequence
from typing import Any

import flet as ft

from app.i18n import Translations
from app.state.cell import use_kept
from app.theme import SPACE_M, SPACE_S, bold
from app.ui import key, part, use_translations

KEY_DP = 68
LONGEST, SHORTEST = 8, 4


@part
def PinPad(
    pin: str, change_pin: Callable[[Callable[[str], str]], None], on_enter: Callable[[], Any], busy: bool
) -> ft.Control:
    """`busy`: the PIN is being checked, nothing can be pressed.

    `change_pin` gets what to do to the PIN as it is by then: two keys may be pressed before one is drawn.
    """
    _ = use_translations()

    def digit(name: str) -> ft.Control:
        press = lambda: change_pin(lambda entered: (entered + name)[:LONGEST])  # noqa: E731
        return _key(ft.Text(name, style=bold(size=26)), key("pin", name, "button"), name, None if busy else press)

    back = _key(
        ft.Icon(ft.Icons.BACKSPACE_OUTLINED, semantics_label=_("Delete the last digit")),
        "pin-back-button", _("Delete the last digit"),
        None if busy or not pin else lambda: change_pin(lambda entered: entered[:-1]),
    )  # fmt: skip
    enter = ft.FilledButton(
        ft.Icon(ft.Icons.CHECK, size=28, semantics_label=_("Sign in")),
        key="pin-enter-button",
        tooltip=_("Sign in"),
        width=KEY_DP,
        height=KEY_DP,
        disabled=busy or len(pin) < SHORTEST,
        on_click=on_enter,
        style=_round(ft.Colors.PRIMARY),
    )
    rows = [[digit(name) for name in names] for names in ("123", "456", "789")] + [[back, digit("0"), enter]]
    keys = [ft.Row(as_on_a_telephone(_, row), spacing=SPACE_M, tight=True) for row in rows]
    return ft.Column([*keys], spacing=SPACE_S + 2, tight=True, horizontal_alignment=ft.CrossAxisAlignment.CENTER)


def as_on_a_telephone(_: Translations, keys: Sequence[ft.Control]) -> list[ft.Control]:
    """1 stands on the left in every language; in a page from right to left what comes first stands on the right."""
    return [*reversed(keys)] if _.rtl else [*keys]


def _round(fill: ft.ColorValue) -> ft.ButtonStyle:
    fills = {ft.ControlState.DISABLED: ft.Colors.SURFACE_CONTAINER_HIGH, ft.ControlState.DEFAULT: fill}
    return ft.ButtonStyle(padding=0, shape=ft.RoundedRectangleBorder(radius=KEY_DP // 2), bgcolor=fills)


def _key(face: ft.Control, name: str, label: str, on_click: Callable[[], None] | None) -> ft.Control:
    return ft.FilledTonalButton(
        face,
        key=name,
        tooltip=label if name == "pin-back-button" else None,
        width=KEY_DP,
        height=KEY_DP,
        disabled=on_click is None,
        on_click=on_click,
        style=_round(ft.Colors.SECONDARY_CONTAINER),
    )


@part
def PinField(pin: str, on_pin: Callable[[str], None], on_enter: Callable[[], Any], owner: str) -> ft.Control:
    """Takes the keys of a keyboard; on a phone no soft keyboard comes up over the keys on the screen.

    `owner`: whose PIN of which try it is. A new one takes the focus back from what was pressed before.
    """
    _, field = use_translations(), use_kept(lambda: ft.Ref[ft.TextField]())

    async def focus() -> None:
        if field.current is not None:
            await field.current.focus()  # type: ignore[no-untyped-call]

    ft.use_effect(focus, [owner])
    return ft.TextField(
        key="pin-field",
        ref=field,
        label=_("PIN"),
        value=pin,
        password=True,
        autofocus=True,
        keyboard_type=ft.KeyboardType.NONE,
        input_filter=ft.InputFilter(r"^[0-9]{0,8}$", allow=True),
        text_align=ft.TextAlign.CENTER,
        text_size=26,
        width=3 * KEY_DP + 2 * SPACE_M,
        on_change=lambda e: on_pin(e.data[:LONGEST]),
        on_submit=on_enter,
    )
