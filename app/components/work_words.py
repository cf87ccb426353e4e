"""What kinds of work and states of orders are called, and the icon of each."""

import re

import flet as ft

from app.i18n import Translations
from core.contract.reference import GATHERING, STOCK_CORRECTED
from core.domain.lifecycle import FulfilmentState, ParcelState
from core.domain.runs import Method
from core.domain.worklist import Age, Urgency, WorkKind

CODE = re.compile(r"[a-z0-9_]+")

KIND_ICONS = {
    WorkKind.CONTINUE_RUN: ft.Icons.PLAY_CIRCLE,
    WorkKind.PICK: ft.Icons.SHOPPING_BASKET,
    WorkKind.PACK: ft.Icons.INVENTORY_2,
    WorkKind.PUT_AWAY: ft.Icons.SHELVES,
    WorkKind.HAND_OVER: ft.Icons.LOCAL_SHIPPING,
    WorkKind.PUT_BACK: ft.Icons.UNDO,
    WorkKind.HELD: ft.Icons.PAUSE_CIRCLE,
}


def kind_word(_: Translations, kind: WorkKind) -> str:
    words = {
        # Translators: a pick run that was begun
        WorkKind.CONTINUE_RUN: _("Pick run"),
        # Translators: fetch the articles of an order from the shelves
        WorkKind.PICK: _("Pick"),
        WorkKind.PACK: _("Pack"),
        # Translators: put an order on the shelf where customers fetch theirs from
        WorkKind.PUT_AWAY: _("Put away"),
        # Translators: give the parcels to the carrier's driver
        WorkKind.HAND_OVER: _("Hand over"),
        WorkKind.PUT_BACK: _("Put back"),
        WorkKind.HELD: _("On hold"),
    }
    return words[kind]


def urgency_word(_: Translations, urgency: Urgency) -> str:
    return {Urgency.OVERDUE: _("Overdue"), Urgency.URGENT: _("Urgent"), Urgency.LATER: _("Later")}[urgency]


def age_word(_: Translations, age: Age) -> str:
    """Since the order was placed."""
    return {Age.FRESH: _("Under 4 hours"), Age.DAY: _("Under a day"), Age.OLD: _("Older than a day")}[age]


def service_word(_: Translations, service_level: str) -> str:
    known = {"standard": _("Standard"), "express": _("Express")}
    return known.get(service_level, service_level)


def method_words(_: Translations, method: Method) -> tuple[str, str]:
    """Its name and one plain sentence."""
    return {
        Method.SINGLE: (_("One order at a time"), _("You fetch one order completely, then the next.")),
        Method.MULTI: (
            _("Several orders, kept apart"),
            _("One walk for all orders. Each order has its own numbered tote, and the app says which."),
        ),
        Method.BATCH: (
            _("Together, sorted afterwards"),
            _("The same articles of all orders are fetched at once and sorted per order when you pack."),
        ),
    }[method]


def reason_word(_: Translations, reason: str) -> str:
    """`reason`: the retailer's words, or a code: the core's own has words here, any other is shown as it is."""
    closed = _("The store was closed")
    own = {
        GATHERING: _("Other parts are on their way"),
        STOCK_CORRECTED: _("The stock was corrected"),
        "cancelled": _("Cancelled"),
        "closed": closed,
        "do_not_honour": _("Declined by the bank"),
        "expired_card": _("The card has expired"),
        "given_after_end": _("Handed over after it had ended"),
        "given_after_put_back": _("Handed over after it was put back"),
        "insufficient_funds": _("Not enough money on the card"),
        "kept_after_refund": _("Kept by the customer after the refund"),
        "late": _("It would have been late"),
        "location_closed": closed,
        "maybe_refunded": _("Perhaps refunded already"),
        "no_answer": _("Nobody answered in time"),
        "not_collected": _("Not collected in time"),
        "not_taken": _("The customer did not take it"),
        "paid_twice": _("Paid twice"),
        "stock_gone": _("Sold in the meantime"),
    }
    return own.get(reason, reason)


def told_reason(_: Translations, reason: str) -> str:
    """As `reason_word`, where it is one fact among several: a code that nobody has words for is left out."""
    word = reason_word(_, reason)
    return "" if CODE.fullmatch(word) else word


def state_word(_: Translations, state: FulfilmentState) -> str:
    return {
        FulfilmentState.OPEN: _("To be picked"),
        FulfilmentState.PICKING: _("Being picked"),
        FulfilmentState.PICKED: _("Picked, to be packed"),
        FulfilmentState.PACKED: _("Packed, waits for the carrier"),
        FulfilmentState.SHIPPED: _("With the carrier"),
        FulfilmentState.CANCELLED: _("Cancelled"),
        FulfilmentState.REJECTED: _("Not found here, another store is asked"),
    }[state]


def parcel_word(_: Translations, state: ParcelState) -> str:
    return {
        ParcelState.OPEN: _("Open"),
        ParcelState.CLOSED: _("Closed"),
        ParcelState.LOADED: _("On the driver’s list"),
        ParcelState.HANDED_OVER: _("Handed over"),
    }[state]
