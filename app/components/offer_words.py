"""What an offer is, who else sees it, what became of it: in words, the same on card, screen and bell."""

from datetime import timedelta

import flet as ft

from app.components.marks import BrandChip, Mark
from app.i18n import Translations
from app.queries.offers import OfferFigures, OfferLineView, OfferReason, OfferView, Stage
from core.contract.reference import StockEffect, StockTarget

STAGE_ICONS = {
    Stage.OPEN: ft.Icons.TIMER,
    Stage.ASKING: ft.Icons.HOURGLASS_TOP,
    Stage.YOURS: ft.Icons.CHECK_CIRCLE,
    Stage.FASTER: ft.Icons.STORE,
    Stage.DECLINED: ft.Icons.DO_NOT_DISTURB_ON,
    Stage.EXPIRED: ft.Icons.TIMER_OFF,
    Stage.WITHDRAWN: ft.Icons.UNDO,
    Stage.RELEASED: ft.Icons.KEYBOARD_RETURN,
}


def stage_sentence(_: Translations, view: OfferView) -> str:
    """What the offer is for this store now; who here answered it, where somebody did."""
    by = f" ({view.who})" if view.who else ""
    match view.stage:
        case Stage.OPEN:
            return _("Open: your store may claim it.")
        case Stage.ASKING:
            return _("The core is being asked.")
        case Stage.YOURS:
            return _("Your store has it.") + by
        case Stage.FASTER:
            return _("{store} was faster.").format(store=view.winner or _("Another store"))
        case Stage.DECLINED:
            return (_("Declined: {reason}").format(reason=view.reason) if view.reason else _("Declined")) + by
        case Stage.EXPIRED:
            return _("Nobody here answered in time.")
        case Stage.WITHDRAWN:
            return _("Withdrawn: the order needs no store any more.")
        case Stage.RELEASED:
            return (_("Given back: {reason}").format(reason=view.reason) if view.reason else _("Given back")) + by


def units_words(_: Translations, units: int) -> str:
    return _.ngettext("{n} unit", "{n} units", units).format(n=_.number(units))


def others_words(_: Translations, others: int) -> str:
    if not others:
        return _("Only your store sees it")
    return _.ngettext("{n} other store sees it", "{n} other stores see it", others).format(n=_.number(others))


def distance_words(_: Translations, km: int) -> str:
    return _.ngettext("{n} km to the customer", "{n} km to the customer", km).format(n=_.number(km))


def promise_words(_: Translations, days_late: int) -> str:
    if not days_late:
        return _("Keeps the promise")
    text = _.ngettext("{n} day after the promise", "{n} days after the promise", days_late)
    return text.format(n=_.number(days_late))


def offer_marks(_: Translations, view: OfferView) -> list[ft.Control]:
    late = view.days_late > 0
    marks: list[ft.Control] = [BrandChip(view.brand, view.colour)] if view.brand else []
    icon = ft.Icons.EVENT_BUSY if late else ft.Icons.EVENT_AVAILABLE
    marks.append(Mark(promise_words(_, view.days_late), icon, strong=late))
    if view.distance_km is not None:
        marks.append(Mark(distance_words(_, view.distance_km), ft.Icons.PLACE))
    if view.stage in (Stage.OPEN, Stage.ASKING):
        marks.append(Mark(others_words(_, view.others), ft.Icons.STORE))
    if view.later:
        marks.append(Mark(_("Not now"), ft.Icons.SNOOZE))
    return marks


def shelf_words(_: Translations, line: OfferLineView) -> str:
    if line.declared:
        return _("Declared out of stock")
    if line.shelf is None:
        return _("Never kept here")
    return _.ngettext("{n} on the shelf", "{n} on the shelf", line.shelf).format(n=_.number(line.shelf))


def figure_words(_: Translations, figures: OfferFigures) -> list[str]:
    words = [
        _("Won: {n}").format(n=_.number(figures.won)),
        _("Other stores were faster: {n}").format(n=_.number(figures.lost)),
        _("Declined: {n}").format(n=_.number(figures.declined)),
        _("Not answered: {n}").format(n=_.number(figures.unanswered)),
    ]
    if figures.median_s is not None:
        span = _.duration(timedelta(seconds=max(60, figures.median_s)))
        # Translators: half of the offers were answered faster than this
        words.append(_("Typical answer after {span}").format(span=span))
    return words


def decline_effect(_: Translations, reason: OfferReason) -> str:
    """What declining with this reason says about the articles of the offer."""
    if reason.effect is not StockEffect.ZERO:
        return _("The stock stays as it is.")
    if reason.target is StockTarget.ON_HAND:
        return _("The stock of every article of this offer is set to zero here.")
    return _("No article of this offer is sold from here any more until the shelf is counted.")
