"""What the rules of click & collect say to a person. `app.words` is the one door to every sentence."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from app.i18n import Translations

Params = Mapping[str, str | int]


def _when(_: Translations, p: Params) -> str:
    """`at` has the offset of the store's clock (`app.store.readable`); a core that says it otherwise is quoted."""
    try:
        at = datetime.fromisoformat(str(p["at"]))
    except ValueError:
        return str(p["at"])
    return _.moment(at, at.tzinfo or UTC)


def _too_far(_: Translations, p: Params) -> str:
    """`latest` as `at`: the end of the last day."""
    try:
        day = _.day((datetime.fromisoformat(str(p["latest"])) - timedelta(seconds=1)).date())
    except ValueError:
        day = str(p["latest"])
    return _("It cannot stay so long: this store keeps it until {day} at most.").format(day=day)


def _twice(_: Translations, p: Params) -> str:
    """Who it was given to has a sentence each: languages put the customer into a case, a name stays as it is."""
    if p["collector"]:
        said = _.ngettext(
            "{n} article was already handed over on {when} by {who} to {collector}. Check who has it.",
            "{n} articles were already handed over on {when} by {who} to {collector}. Check who has them.",
            int(p["units"]),
        )
    else:
        said = _.ngettext(
            "{n} article was already handed over on {when} by {who} to the customer. Check who has it.",
            "{n} articles were already handed over on {when} by {who} to the customer. Check who has them.",
            int(p["units"]),
        )
    who = p["by"] or _("a colleague")
    return said.format(n=p["units"], when=_when(_, p), who=who, collector=p["collector"])


def _declined(_: Translations, reason: str) -> str:
    known = {
        "insufficient_funds": _("The card was declined: there is not enough money. Ask for another card."),
        "expired_card": _("The card was declined: it has expired. Ask for another card."),
    }
    return known.get(reason) or _("The card was declined. Ask for another card, or cash.")


def _no_shelf(_: Translations, p: Params) -> str:
    kinds = {
        "parcel": _("This is the label of a parcel. Scan the label of the shelf."),
        "pickup": _("This is a customer's pick-up code. Scan the label of the shelf."),
        "run": _("This is the code of a pick run. Scan the label of the shelf."),
    }
    known = kinds.get(str(p.get("kind", "")))
    return known or _("{scanned} is no shelf. Scan the label of a shelf.").format(scanned=p["scanned"])


COLLECTING: Mapping[str, Callable[[Translations, Params], str]] = {
    "part_arrived": lambda _, p: _.ngettext(
        "Arrived. {n} more parcel of this order is on its way.",
        "Arrived. {n} more parcels of this order are on their way.",
        int(p["missing"]),
    ).format(n=p["missing"]),
    "everything_arrived": lambda _, p: _("All of this order is here. Put it on its shelf."),
    "already_arrived": lambda _, p: _("This parcel was already received. Put it on its shelf."),
    "part_unknown": lambda _, p: _("This is not known to belong to the order. Keep it aside and ask."),
    "arrived_after_end": lambda _, p: _("Nobody waits for this any more. Put the articles on the shelf of the shop."),
    "put_away": lambda _, p: (
        _.ngettext(
            "Put away. {n} more part to put away.", "Put away. {n} more parts to put away.", int(p["left"])
        ).format(n=p["left"])
        if p["left"]
        else _("Put away. Another part of the order is still expected.")
    ),
    "collection_ready": lambda _, p: _("Ready. The customer is told by mail if there is an address."),
    "moved_to_shelf": lambda _, p: _("It lies on this shelf now."),
    "put_away_unpicked": lambda _, p: _.ngettext(
        "Put away, but {n} article of it was not picked. Check the bag.",
        "Put away, but {n} articles of it were not picked. Check the bag.",
        int(p["units"]),
    ).format(n=p["units"]),
    "handed_over": lambda _, p: _("Handed over."),
    "partly_handed_over": lambda _, p: _.ngettext(
        "Handed over. {n} article stays here for the customer.",
        "Handed over. {n} articles stay here for the customer.",
        int(p["open"]),
    ).format(n=p["open"]),
    "nothing_taken": lambda _, p: _("Nothing was taken. Put the articles back on the shelf."),
    "handed_over_twice": _twice,
    "handed_over_too_many": lambda _, p: _.ngettext(
        "{n} article more was given than is known here. Count again.",
        "{n} articles more were given than are known here. Count again.",
        int(p["extra"]),
    ).format(n=p["extra"]),
    "handed_over_unpaid": lambda _, p: _("Handed over, but it is not paid completely."),
    "handed_over_after_end": lambda _, p: _(
        "Handed over, but the order was already over. Head office checks the refund."
    ),
    "returned_to_shelf": lambda _, p: (
        _.ngettext(
            "Back on the shelf. {n} more to put back.", "Back on the shelf. {n} more to put back.", int(p["left"])
        ).format(n=p["left"])
        if p["left"]
        else _("Back on the shelf.")
    ),
    "returned_too_many": lambda _, p: _("More was put back than was left here. Count again."),
    "customer_noted": lambda _, p: _("Noted: the customer is here."),
    "extended": lambda _, p: _("The customer has more time now."),
    "not_extended": lambda _, p: _("It cannot be extended: it is over, or the day is not later."),
    "extended_too_far": _too_far,
    "dropped_in_locker": lambda _, p: _(
        "It is in the locker. The customer gets the code by mail if there is an address."
    ),
    "paid": lambda _, p: _("Paid."),
    "customer_told": lambda _, p: _("The customer is told by mail."),
    "no_email": lambda _, p: _("The customer left no mail address. Call them."),
    "not_ready_to_tell": lambda _, p: _("It does not lie here for the customer: there is nothing to tell."),
    "message_unknown": lambda _, p: _("There is no such message."),
    "still_asked": lambda _, p: _("The answer is still awaited."),
    "collection_unknown": lambda _, p: _("Nobody collects this here."),
    "card_charged": lambda _, p: _("Paid by card."),
    "card_declined": lambda _, p: _declined(_, str(p["reason"])),
    "not_due": lambda _, p: _("That is more than is still to be paid. Look at the amount again."),
    "being_paid": lambda _, p: _("A card is being charged for it already. Wait for the answer."),
    "payment_reused": lambda _, p: _("This payment was already taken with another amount. Begin a new one."),
    "locker_reserved": lambda _, p: _("Locker {compartment} is reserved. It opens with {drop_code}.").format(**p),
    "locker_full": lambda _, p: _("No compartment of this size is free. Keep it on a shelf, or try later."),
    "locker_size_unknown": lambda _, p: _("The locker has no compartments of this size. Take another size."),
    "not_for_locker": lambda _, p: _("It needs no compartment any more: it lies in one or on a shelf, or it is over."),
    "unpaid_for_locker": lambda _, p: _("It is not put into a locker before it is paid."),
    "paid_twice": lambda _, p: _("More was taken than was due. Give the difference back."),
    "shelf_to_scan": lambda _, p: _("Scan the label of the shelf: a typed name does not count here."),
    "no_shelf": _no_shelf,
    "taken_already": lambda _, p: _("All of {name} is taken or stays here already. Put this one aside.").format(
        name=p["name"]
    ),
    "no_such_collection": lambda _, p: _("This order is not known here any more."),
}
