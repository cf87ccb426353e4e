"""The story of an order in sentences, for people: what each event of its timeline says, in one language."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any

Translations = Callable[[str], str]


def sentence(_: Translations, code: str, params: Mapping[str, Any]) -> str:
    """Of an event by its name; a name that is not known here is shown as it is."""
    text = sentences(_).get(code)
    return code if text is None else text.format_map(defaultdict(str, params))


def sentences(_: Translations) -> dict[str, str]:
    """By name of the event; the names in braces stand for its parameters."""
    return {**_of_orders(_), **_of_work(_), **_of_lines(_), **_of_parcels(_), **_of_offers(_), **_of_collections(_)}


def _of_orders(_: Translations) -> dict[str, str]:
    return {
        "OrderReceived": _("The order was received."),
        "OrderSourced": _("It is decided who sends it."),
        "OrderPostponed": _("The order is left alone until its time comes."),
        "OrderHeld": _("The order was put on hold."),
        "OrderHoldReleased": _("The hold was lifted."),
        "OrderCancellationAsked": _("It was asked to cancel the order."),
        "OrderLinesCancelled": _("Part of the order was cancelled."),
        "LinesWaitForStock": _("Part of the order is in stock nowhere."),
        "InboundPromised": _("Announced stock is kept for the order."),
        "InboundReleased": _("Announced stock is no longer kept for the order."),
        "PromiseAtRisk": _("The promise is at risk."),
        "PromiseBroken": _("The promise was not kept."),
        "OrderWaitsForWork": _("The order waits to be prepared."),
        "OrderWaitsForClaim": _("The order waits for a store to claim it."),
        "OrderWaitsForAnswer": _("The order waits for the answer to an open question."),
        "OrderWaitsForStock": _("The order waits for stock."),
        "OrderBegun": _("The order is being prepared."),
        "OrderPartlyShipped": _("Part of the order is on its way."),
        "OrderShipped": _("The order is on its way."),
        "OrderCancelled": _("The order is cancelled."),
    }


def _of_work(_: Translations) -> dict[str, str]:
    # Translators: {number} is the part of an order that one store prepares
    return {
        "FulfilmentCreated": _("{number} was given to a store."),
        "FulfilmentExtended": _("{number} was given more units."),
        "FulfilmentMoved": _("{number} was moved to another store."),
        "FulfilmentOpen": _("{number} waits to be picked again."),
        "FulfilmentPicking": _("{number} is being picked."),
        "FulfilmentPicked": _("{number} is picked."),
        "FulfilmentPacked": _("{number} is packed."),
        "FulfilmentShipped": _("{number} is shipped."),
        "FulfilmentCancelled": _("{number} is cancelled."),
        "FulfilmentRejected": _("{number} is not sent by this store."),
        "WorkTakenAway": _("{number} was taken away from its store."),
        "LegPlanned": _("{number} goes to where the order is gathered."),
        "LegReceived": _("{number} arrived where the order is gathered."),
        "PickingStarted": _("A pick run with {number} began."),
        "PickingEnded": _("The pick run with {number} ended."),
    }


def _of_lines(_: Translations) -> dict[str, str]:
    # Translators: {name} is an article
    return {
        "ItemPicked": _("Picked: {name}"),
        "ItemPutBack": _("Put back: {name}"),
        "ItemPacked": _("Packed: {name}"),
        "ItemUnpacked": _("Unpacked: {name}"),
        "LineShort": _("Not found: {name}"),
        "LineReopened": _("To be picked again: {name}"),
        "LinePicked": _("All picked: {name}"),
        "LinePacked": _("All packed: {name}"),
        "LineShipped": _("On its way: {name}"),
        "LineCancelled": _("Not wanted here any more: {name}"),
        "LineRejected": _("Not sent by this store: {name}"),
    }


def _of_parcels(_: Translations) -> dict[str, str]:
    return {
        "ParcelOpened": _("Parcel {parcel} was opened."),
        "ParcelClosed": _("Parcel {parcel} was closed."),
        "ParcelReopened": _("Parcel {parcel} was opened again."),
        "LabelRecorded": _("Parcel {parcel} has its label."),
        "ParcelLoaded": _("Parcel {parcel} is on the driver’s list."),
        "ParcelUnloaded": _("Parcel {parcel} is no longer on the driver’s list."),
        "ParcelsHandedOver": _("The carrier took parcels of {number}."),
    }


def _of_offers(_: Translations) -> dict[str, str]:
    return {
        "OrderOffered": _("The order was offered to stores."),
        "OfferClaimed": _("A store claimed the order."),
        "OfferDeclined": _("A store declined the order."),
        "OutOfStockDeclared": _("A store says that it has none of {sku}."),
        "OfferLeft": _("A store that closed is not asked any more."),
        "OfferPassedOver": _("Nobody answered in time."),
        "OfferUnanswered": _("No store claimed the order."),
        "OfferWithdrawn": _("The offer was withdrawn."),
        "OfferReleased": _("A store gave the order back."),
    }


def _of_collections(_: Translations) -> dict[str, str]:
    return {
        "CollectionPlanned": _("What the customer fetches is planned."),
        "CollectionExpected": _("What the customer fetches is expected again."),
        "CollectionArrived": _("All that the customer fetches is in the store."),
        "CollectionReady": _("It lies ready for the customer."),
        "CollectionHandedOver": _("The customer has it."),
        "CollectionRefused": _("The customer took nothing."),
        "CollectionExpired": _("The customer did not come in time."),
        "CollectionCancelled": _("The customer will not fetch it."),
        "CollectionPartArrived": _("A part arrived at the store where the customer fetches it."),
        "CollectionPutAway": _("It was put on its shelf for the customer."),
        "CollectionItemsHandedOver": _("The customer was given articles."),
        "CollectionReturnedToShelf": _("Articles that the customer did not take went back to the shelf."),
        "CustomerIsHere": _("The customer is here."),
        "CollectionExtended": _("The customer has more time to come."),
        "CollectionInLocker": _("It was put into a locker."),
        "CustomerTold": _("The customer was told by mail."),
        "CustomerNotTold": _("The customer could not be told by mail: {error}"),
        "PaymentTaken": _("The customer paid by card."),
        "PaymentDeclined": _("The customer’s card was declined."),
        "PaymentUndecided": _("Nobody knows yet whether the customer’s card was charged: the provider is silent."),
        "RefundAsked": _("Money goes back to the customer."),
        "RefundDone": _("Money went back to the customer’s card."),
        "RefundFailed": _("The money could not go back to the customer’s card."),
        "RefundGivenBack": _("Head office gave the money back."),
        "RefundCalledOff": _("The customer has it after all: the money stays here."),
        "PaymentOwed": _("The customer has it, but the money went back: it is to be paid again."),
        "StockInDoubt": _("{sku} was put back at one desk and given at another: count what lies on the shelf."),
        "PaymentSettled": _("Head office settled what the customer owed."),
        "LockerReserved": _("A compartment of the locker was reserved."),
        "LockerCodeKnown": _("The locker gave the customer’s code."),
        "CashTaken": _("The customer paid in cash."),
    }
