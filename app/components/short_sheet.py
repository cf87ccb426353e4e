"""Reporting that units are not there: how many, why, what the reason does to the stock, which other orders it hits."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import flet as ft

from app.components.buttons import primary_button
from app.components.quantity import QuantityStepper
from app.components.reasons import Choice, ReasonList
from app.components.sheet import Question
from app.i18n import Translations
from app.queries.run import ReasonView
from app.theme import TOUCH_TARGET_DP, bold, regular
from app.ui import part, use_translations
from core.contract.reference import StockEffect, StockTarget

FEW_REASONS = 3  # as many fit on a phone with everything around them


@dataclass(frozen=True, slots=True)
class ShortAsk:
    """`other_orders`: open orders of the store, beside this stop's, that want the same article."""

    name: str
    remaining: int
    reasons: tuple[ReasonView, ...]
    other_orders: int


Report = Callable[[int, str, bool], None]


@part
def ShortSheet(ask: ShortAsk, on_report: Report) -> Any:
    """`on_report(quantity, reason id, report it in the other orders too)`."""
    _ = use_translations()
    quantity, set_quantity = ft.use_state(max(1, ask.remaining))
    reason_id, set_reason = ft.use_state("")
    collateral, set_collateral = ft.use_state(False)
    reason = next((reason for reason in ask.reasons if reason.id == reason_id), None)
    offers_others = reason is not None and reason.collateral and ask.other_orders > 0
    choices = tuple(Choice(each.id, each.text, effect_sentence(_, each)) for each in ask.reasons)
    controls: list[ft.Control] = [ft.Text(ask.name, style=regular(size=15))]
    if ask.remaining > 1:
        controls.append(QuantityStepper(min(quantity, ask.remaining), 1, ask.remaining, set_quantity))
    controls += [ft.Text(_("Why?"), style=bold(size=16)), ReasonList(choices, reason_id, set_reason)]
    if offers_others:
        controls.append(_others(_, ask.other_orders, collateral, set_collateral))
    report = lambda: on_report(min(quantity, ask.remaining), reason_id, offers_others and collateral)  # noqa: E731
    ready = report if reason is not None and ask.remaining else None
    button = primary_button(_("Report as missing"), ft.Icons.REPORT, ready, "short-report-button")
    title = _("How many are missing?") if ask.remaining > 1 else _("Not there?")
    return Question(title, controls, button, tall=len(ask.reasons) > FEW_REASONS)


def _others(_: Translations, orders: int, chosen: bool, choose: Callable[[bool], None]) -> ft.Control:
    said = _.ngettext(
        "{n} other order of the store wants this article too. Report it there as missing as well.",
        "{n} other orders of the store want this article too. Report it there as missing as well.",
        orders,
    ).format(n=_.number(orders))
    switch = ft.Switch(
        value=chosen, on_change=lambda e: choose(bool(e.data)), key="short-others-switch", height=TOUCH_TARGET_DP,
        tooltip=said,
    )  # fmt: skip
    return ft.Row([switch, ft.Text(said, expand=True, style=regular(size=15))])


def effect_sentence(_: Translations, reason: ReasonView) -> str:
    """What choosing the reason does to the stock."""
    counted = reason.target is StockTarget.ON_HAND
    match reason.effect:
        case StockEffect.NONE:
            return _("The stock stays as it is.")
        case StockEffect.MINUS:
            taken = _("The missing units are taken off the stock.")
            return taken if counted else _("The missing units are not sold any more until the shelf is counted.")
        case StockEffect.ZERO:
            empty = _("The stock of this article is set to zero.")
            return empty if counted else _("The article is not sold any more here until the shelf is counted.")
