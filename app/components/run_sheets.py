"""Questions over a pick run: a typed code, several units at once, ending it early. Scans count while one is open."""

from collections.abc import Callable
from typing import Any

import flet as ft

from app.components.buttons import primary_button
from app.components.quantity import QuantityStepper
from app.components.sheet import Question
from app.theme import TOUCH_TARGET_DP, regular
from app.ui import part, use_translations


@part
def CodeSheet(title: str, label: str, on_code: Callable[[str], None]) -> Any:
    """A number typed by hand, where a code cannot be read."""
    _ = use_translations()
    text, set_text = ft.use_state("")
    done = (lambda: on_code(text.strip())) if text.strip() else None
    field = ft.TextField(
        label=label, value=text, autofocus=True, on_change=lambda e: set_text(e.data), on_submit=done,
        key="code-text-field", text_style=regular(size=20), autocorrect=False, enable_suggestions=False,
    )  # fmt: skip
    return Question(title, [field], primary_button(_("Use this code"), ft.Icons.CHECK, done, "code-use-button"))


@part
def QuantitySheet(name: str, most: int, on_count: Callable[[int], None]) -> Any:
    _ = use_translations()
    quantity, set_quantity = ft.use_state(most)
    shown = min(quantity, most)
    text = _.ngettext("Count {n} unit", "Count {n} units", shown).format(n=_.number(shown))
    button = primary_button(text, ft.Icons.CHECK, lambda: on_count(shown), "quantity-count-button")
    controls = [ft.Text(name, style=regular(size=15)), QuantityStepper(shown, 1, most, set_quantity)]
    return Question(_("How many have you taken?"), controls, button)


@part
def FinishSheet(open_orders: int, on_finish: Callable[[], None], on_stay: Callable[[], None]) -> Any:
    """Ending a run before everything is fetched: what happens is said first."""
    _ = use_translations()
    said = _.ngettext(
        "{n} order is not complete and goes back to the work list. What is picked stays picked.",
        "{n} orders are not complete and go back to the work list. What is picked stays picked.",
        open_orders,
    ).format(n=_.number(open_orders))
    finish = primary_button(_("Finish now"), ft.Icons.STOP_CIRCLE, on_finish, "finish-now-button")
    stay = ft.TextButton(_("Go on picking"), on_click=on_stay, key="finish-stay-button", height=TOUCH_TARGET_DP)
    return Question(_("Finish the run?"), [ft.Text(said)], finish, stay)
