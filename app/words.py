"""What every answer of a rule says to a person, and how loudly: one sentence for each stable code.

A code arrives from a rule on the device or, the same, from the core with a verdict or a problem. The test beside this
file fails for an answer without a sentence.
"""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal

from app.collect_words import COLLECTING
from app.i18n import Translations
from app.theme import Meaning
from core.domain.outcome import Outcome, Verdict
from core.domain.scan_notes import Noted

Params = Mapping[str, str | int]
Sentence = Callable[[Translations, Params], str]

# Counted or harmless, and still something to notice.
SOFT = frozenset({"other_stop", "already_loaded", "packed_expired"})


def say(_: Translations, outcome: Outcome) -> str:
    return sentence(_, outcome.code, outcome.params())


def sentence(_: Translations, code: str, params: Params) -> str:
    """The sentence of a code; a code from a newer core is named, so that support can be asked."""
    known = SENTENCES.get(code)
    if known is None:
        return _("The core answered something this version does not know ({code}). Update the app.").format(code=code)
    return known(_, params)


def meaning(outcome: Outcome) -> Meaning:
    """How an answer looks and sounds: done, done but look, not done."""
    if outcome.code in SOFT or (isinstance(outcome, Noted) and outcome.expired):
        return "warn"
    levels: dict[Verdict, Meaning] = {Verdict.ACCEPTED: "ok", Verdict.ATTENTION: "warn", Verdict.REJECTED: "error"}
    return levels[outcome.verdict]


def _place(_: Translations, zone: str | int, place: str | int) -> str:
    if zone and place:
        return _("{zone}, place {place}").format(zone=zone, place=place)
    return str(zone or place) or _("place unknown")


def _wrong_item(_: Translations, p: Params) -> str:
    scanned = p.get("scanned_name") or p["scanned"]
    if not p["expected_name"]:
        return _("{scanned} is not part of this work. Put it back.").format(scanned=scanned)
    return _("Wrong article: you scanned {scanned}, expected is {expected}.").format(
        scanned=scanned, expected=p["expected_name"]
    )


def _unknown_code(_: Translations, p: Params) -> str:
    if p.get("expected_name"):
        return _("No article has the code {scanned}. Expected is {expected}: check it, or type its number.").format(
            scanned=p["scanned"], expected=p["expected_name"]
        )
    return _("No article has the code {scanned}. Check it, or type the number.").format(scanned=p["scanned"])


def _not_a_parcel(_: Translations, p: Params) -> str:
    kinds = {
        "shelf": _("This is a shelf label. Scan the label of the parcel."),
        "pickup": _("This is a customer's pick-up code. Scan the label of the parcel."),
        "run": _("This is the code of a pick run. Scan the label of the parcel."),
    }
    return kinds.get(str(p["kind"]), _("This code is not of a parcel. Scan the label of the parcel."))


def _remaining(_: Translations, p: Params) -> str:
    return _.ngettext("Counted. {n} more to pick here.", "Counted. {n} more to pick here.", int(p["remaining"])).format(
        n=p["remaining"]
    )


def _to_pack(_: Translations, p: Params) -> str:
    left = int(p["left"] if "left" in p else p["to_pack"])
    if not left:
        return _("Everything is in parcels. Weigh and close the parcel.")
    return _.ngettext("Packed. {n} more article to pack.", "Packed. {n} more articles to pack.", left).format(n=left)


def _surplus(_: Translations, p: Params) -> str:
    return _.ngettext(
        "{n} unit too many is in hand: somebody else picked this line too. Put it back.",
        "{n} units too many are in hand: somebody else picked this line too. Put them back.",
        int(p["surplus"]),
    ).format(n=p["surplus"])


def _unreadable(_: Translations, p: Params) -> str:
    if p.get("reason") == "own_newer":
        return _("This code was made by a newer version of the app. Update this device.")
    if p.get("reason") == "own_malformed":
        return _("This code of ours is damaged. Have it printed anew, or type the number beside it.")
    return _("The code could not be read properly. Scan it again, or type the number under the bars.")


def _not_an_article(_: Translations, p: Params) -> str:
    kinds = {
        "parcel": _("This is the label of a parcel, not an article."),
        "shelf": _("This is a shelf label. Scan the article on it."),
        "run": _("This is the code of a pick run, not an article."),
        "enrol": _("This is a pairing code, not an article."),
        "pickup": _("This is a customer's pick-up code, not an article."),
        "receipt": _("This is the code of a receipt, not an article."),
    }
    return kinds.get(str(p["kind"]), _("This code is not an article."))


def _noted(sentence: Sentence) -> Sentence:
    """The sentence, and after it what the label says beside the number."""

    def said(_: Translations, p: Params) -> str:
        notes = [sentence(_, p)]
        amount = int(p.get("amount", 0))
        match p.get("means"):
            case "weight":
                notes.append(_("The label says {weight} kg.").format(weight=_.number(Decimal(amount) / 1000)))
            case "price":
                notes.append(_("The label says a price of {price}.").format(price=_.number(Decimal(amount) / 100)))
            case "count":
                notes.append(
                    _.ngettext("The label stands for {n} piece.", "The label stands for {n} pieces.", amount).format(
                        n=_.number(amount)
                    )
                )
            case _:
                pass
        if p.get("expired"):
            notes.append(_("It expired on {day}: show it to your manager.").format(day=_day(_, p["expired"])))
        return " ".join(notes)

    return said


def _day(_: Translations, iso: str | int) -> str:
    try:
        return _.day(date.fromisoformat(str(iso)))
    except ValueError:  # told by another version
        return str(iso)


PICKING: Mapping[str, Sentence] = {
    "counted": _noted(_remaining),
    "picked": _remaining,
    "stop_complete": _noted(lambda _, p: _("Counted. This stop is complete.")),
    "line_complete": lambda _, p: _("This line is complete."),
    "fulfilment_complete": lambda _, p: _("The order is picked completely."),
    "fulfilment_rejected": lambda _, p: _("Nothing of this order was found here. Another store is asked."),
    "other_stop": _noted(
        lambda _, p: _("Counted for another stop: {name} ({where}).").format(
            name=p["name"], where=_place(_, p["zone"], p["place"])
        )
    ),
    "article_expired": lambda _, p: _("{name} expired on {day}. Nothing was counted: take another one.").format(
        name=p["name"], day=_day(_, p["expired"])
    ),
    "over_scan": lambda _, p: _("Enough of {name}: all {wanted} are picked. Put this one back.").format(**p),
    "wrong_item": _wrong_item,
    "shelf_matched": lambda _, p: _("Right shelf. Now scan the article."),
    "wrong_shelf": lambda _, p: _("Wrong shelf: you scanned {scanned}, expected is {where}.").format(
        scanned=p["scanned"], where=_place(_, p["zone"], p["place"])
    ),
    "shelf_first": lambda _, p: _("Scan the shelf first: {where}.").format(where=_place(_, p["zone"], p["place"])),
    "unknown_code": _unknown_code,
    "unreadable_code": _unreadable,
    "not_an_article": _not_an_article,
    "over_picked": _surplus,
    "picked_after_cancel": lambda _, p: _("The order was cancelled while you picked. Put the articles back."),
    "shorted": lambda _, p: _.ngettext(
        "{n} unit reported missing.", "{n} units reported missing.", int(p["short"])
    ).format(n=p["short"]),
    "short_elsewhere": lambda _, p: _.ngettext(
        "Reported missing here and in {n} other order.",
        "Reported missing here and in {n} other orders.",
        int(p["orders"]),
    ).format(n=p["orders"]),
    "nothing_short": lambda _, p: _("Nothing was missing any more: somebody else picked or reported it."),
    "put_back": lambda _, p: (
        _("Put back.")
        if not p["remaining"]
        else _.ngettext(
            "Put back. {n} more to put back.", "Put back. {n} more to put back.", int(p["remaining"])
        ).format(n=p["remaining"])
    ),
    "put_back_too_many": lambda _, p: _("More was put back than was picked loose. Check parcels and shelf."),
    "unknown_line": lambda _, p: _("The order has no such line any more. Keep the article aside and ask."),
    "scan_needed": lambda _, p: _("This article must be scanned. Scan the bars on its label."),
    "nothing_to_put_back": lambda _, p: _("Nothing of {name} has to go back.").format(**p),
    "already_submitted": lambda _, p: _("That was already done."),
    "quantity_invalid": lambda _, p: _("A quantity must be at least one."),
    "document_missing": lambda _, p: _("This work has left your store. Keep the articles aside and ask."),
}

RUNS: Mapping[str, Sentence] = {
    "run_started": lambda _, p: _.ngettext(
        "Pick run with {n} order started.", "Pick run with {n} orders started.", int(p["orders"])
    ).format(n=p["orders"]),
    "already_in_run": lambda _, p: _.ngettext(
        "{n} order was already taken by a colleague and is left out.",
        "{n} orders were already taken by colleagues and are left out.",
        int(p["orders"]),
    ).format(n=p["orders"]),
    "run_paused": lambda _, p: _("Paused. It waits for you in the work list."),
    "run_resumed": lambda _, p: _("You go on with this run."),
    "run_taken_over": lambda _, p: _("You have taken this run over."),
    "run_finished": lambda _, p: (
        _("Pick run finished.")
        if not p["open_orders"]
        else _.ngettext(
            "Pick run finished. {n} order goes back to the work list.",
            "Pick run finished. {n} orders go back to the work list.",
            int(p["open_orders"]),
        ).format(n=p["open_orders"])
    ),
    "run_over": lambda _, p: _("This pick run was already finished by a colleague."),
    "run_unknown": lambda _, p: _("This pick run is not known any more."),
    "work_not_found": lambda _, p: _("No work in this store is called {scanned}.").format(**p),
}

PACKING: Mapping[str, Sentence] = {
    "to_pack": _to_pack,
    "packed": _to_pack,
    "packed_expired": lambda _, p: _("Packed, but {name} expired on {day}. Take it out and pick another one.").format(
        name=p["name"], day=_day(_, p["expired"])
    ),
    "everything_packed": lambda _, p: _("Everything is in parcels. Weigh and close the parcel."),
    "nothing_to_pack": lambda _, p: (
        _("All of {name} is packed already.").format(**p)
        if p["held"]
        else _("{name} was not picked for this order.").format(**p)
    ),
    "parcel_opened": lambda _, p: _("Parcel {number} is open.").format(**p),
    "packed_too_many": lambda _, p: _("More is in the parcel than was picked. Count it again."),
    "packed_after_cancel": lambda _, p: _("The order was cancelled. Unpack it and put the articles back."),
    "parcel_unknown": lambda _, p: _("This parcel is not known any more."),
    "parcel_not_open": lambda _, p: _("This parcel is already closed."),
    "parcel_empty": lambda _, p: _("The parcel is empty. Scan an article into it first."),
    "parcel_closed": lambda _, p: _.ngettext(
        "Parcel closed. {n} article still to pack.", "Parcel closed. {n} articles still to pack.", int(p["to_pack"])
    ).format(n=p["to_pack"]),
    "weight_missing": lambda _, p: _("Weigh the parcel first: the carrier needs its weight."),
    "packing_finished": lambda _, p: _("Packed. Put the label on and take it to the handover place."),
    "unpacked_too_many": lambda _, p: _("More was taken out than was in the parcel. Count it again."),
    "parcel_reopened": lambda _, p: _("The parcel is open again. Its old label is not valid any more."),
    "unpacked": lambda _, p: _("Taken out of the parcel."),
    "label_recorded": lambda _, p: _("Label printed."),
    "sscc_range_exhausted": lambda _, p: _("This device has no parcel numbers left. Connect it and ask head office."),
    "company_prefix_invalid": lambda _, p: _("The company's parcel numbers are not set up. Ask head office."),
    "device_number_invalid": lambda _, p: _("This device has no range of parcel numbers. Pair it again."),
    "sscc_foreign": lambda _, p: _("This parcel number was not given out by us."),
}

HANDOVER: Mapping[str, Sentence] = {
    "manifest_opened": lambda _, p: _("Scan the parcels the driver takes."),
    "to_load": lambda _, p: _("Parcel of order {short_id} loaded.").format(**p),
    "parcel_loaded": lambda _, p: _.ngettext("{n} parcel loaded.", "{n} parcels loaded.", int(p["loaded"])).format(
        n=p["loaded"]
    ),
    "already_loaded": lambda _, p: _("This parcel is already on the list."),
    "loaded_elsewhere": lambda _, p: _("This parcel is also on another list. Check which driver has it."),
    "loaded_after_cancel": lambda _, p: _("The order was cancelled: take this parcel off the truck."),
    "loaded_not_closed": lambda _, p: _("The parcel was loaded without being closed. Check weight and label."),
    "parcel_unloaded": lambda _, p: _("Taken off the list."),
    "manifest_closed": lambda _, p: _.ngettext(
        "Handed over: {n} parcel.", "Handed over: {n} parcels.", int(p["parcels"])
    ).format(n=p["parcels"]),
    "manifest_already_closed": lambda _, p: _("This list was already closed by a colleague."),
    "manifest_unknown": lambda _, p: _("This list is not known any more."),
    "shipped_after_cancel": lambda _, p: _.ngettext(
        "{n} parcel of a cancelled order left with the driver. Tell head office.",
        "{n} parcels of cancelled orders left with the driver. Tell head office.",
        int(p["parcels"]),
    ).format(n=p["parcels"]),
    "closed_with_unknown": lambda _, p: _.ngettext(
        "{n} parcel on the list belongs to an order that is not known here.",
        "{n} parcels on the list belong to orders that are not known here.",
        int(p["parcels"]),
    ).format(n=p["parcels"]),
    "parcel_not_here": lambda _, p: _("No waiting parcel has the number {scanned}.").format(**p),
    "not_a_parcel": _not_a_parcel,
    "article_not_parcel": lambda _, p: _("This is an article: {name}. Scan the label of the parcel.").format(**p),
    "wrong_carrier": lambda _, p: _("This parcel goes with {carrier}, not with {expected}.").format(**p),
    "parcel_still_open": lambda _, p: _("The parcel of order {short_id} is not closed yet.").format(**p),
    "on_other_manifest": lambda _, p: _("The parcel of order {short_id} is on another list.").format(**p),
    "keep_here": lambda _, p: _("Order {short_id} was cancelled or is on hold: keep the parcel here.").format(**p),
}

SIGNING_IN: Mapping[str, Sentence] = {
    "signed_in": lambda _, p: _("Welcome."),
    "wrong_pin": lambda _, p: _.ngettext(
        "Wrong PIN. {n} try left.", "Wrong PIN. {n} tries left.", int(p["left"])
    ).format(n=p["left"]),
    "locked_out": lambda _, p: _.ngettext(
        "Too many wrong PINs. Try again in {n} minute.",
        "Too many wrong PINs. Try again in {n} minutes.",
        int(p["minutes"]),
    ).format(n=p["minutes"]),
    "sign_in_needs_the_core": lambda _, p: _(
        "Connect this device before you sign in: it was offline for too long, or too many PINs were wrong."
    ),
    "customers_hidden": lambda _, p: _(
        "Names and addresses are hidden: the device was offline for three days. Work goes on by order number, and they "
        "come back with the connection."
    ),
    "may_not_sign_in": lambda _, p: _("You cannot sign in on this device yet. Ask your manager for a PIN."),
}

# What the core alone can answer: verdicts of the inbox and problems of its doors.
CORE: Mapping[str, Sentence] = {
    "not_permitted": lambda _, p: _("You have no permission for this. A manager must look at it."),
    "grant_expired": lambda _, p: _(
        "The core had not confirmed your sign-in for too long, and this is about money. Head office must look at it."
    ),
    "id_reuse": lambda _, p: _("The core knows another action under the same number. Head office must look at it."),
    "internal": lambda _, p: _("The core could not process this. Head office has it and will play it again."),
    "unsupported_command": lambda _, p: _("The core does not know this action yet. Head office has it."),
    "asked": lambda _, p: _("The core is being asked."),
    "too_many_waiting": lambda _, p: _(
        "Too much waits here to be sent, so the core can be asked nothing more ({n} actions). Bring this device into "
        "reach of the network. What you do to orders is kept as before."
    ).format(n=_.number(int(p["waiting"]))),
    "disk_nearly_full": lambda _, p: _(
        "This device is nearly full ({n} MB left), so the core can be asked nothing more. Delete something from it, or "
        "tell your manager. What you do to orders is kept as before."
    ).format(n=_.number(int(p["free_mb"]))),
    "pairing_refused": lambda _, p: sentence(_, str(p["problem"]), {}),
    "not_permitted_here": lambda _, p: _(
        "Only a manager who signed in here with a connection can pair another device. Sign out and in again."
    ),
    "enrolment_code_unknown": lambda _, p: _("This pairing code does not exist. Check it, or ask for a new one."),
    "not_a_pairing_code": lambda _, p: _(
        "This is not a pairing code. Scan the one that head office or a manager shows."
    ),
    "enrolment_code_expired": lambda _, p: _("This pairing code has expired. Ask for a new one."),
    "enrolment_code_used": lambda _, p: _("This pairing code was already used. Ask for a new one."),
    "enrolment_code_other_store": lambda _, p: _("This pairing code is for another store."),
    "too_many_attempts": lambda _, p: _("Too many attempts. Wait a few minutes and try again."),
    "token_expired": lambda _, p: _("The device must show who it is again. Your work is kept."),
    "token_invalid": lambda _, p: _("The core does not recognise this device. Pair it again; your work is kept."),
    "device_revoked": lambda _, p: _("This device was switched off by head office. Hand it to your manager."),
    "device_wiping": lambda _, p: _(
        "Head office has withdrawn this device. It hands over what was not sent, then deletes everything."
    ),
    "device_wiped": lambda _, p: _(
        "This device was wiped by head office. Close the app and open it again to pair it anew."
    ),
    "device_was_wiped": lambda _, p: _("Head office wiped this device. It can be paired anew."),
    "device_suspended": lambda _, p: _("This device was suspended for safety. Pair it again; your work is kept."),
    "core_outdated": lambda _, p: _("The core is older than this app. Your work is kept and sent when it is updated."),
    "wire_unsupported": lambda _, p: _("The app is too old for the core. Update it; your work is kept."),
    "body_too_large": lambda _, p: _("That was too much at once. It is sent in smaller parts."),
    "malformed": lambda _, p: _("The core could not read the request. Update the app."),
    "unreachable": lambda _, p: _("The core cannot be reached. Check the Wi-Fi and try again."),
    "busy": lambda _, p: _("The core is busy. It is tried again in a moment."),
}

OFFERS: Mapping[str, Sentence] = {
    "offer_claimed": lambda _, p: _("The order is yours. It is in your work list."),
    "taken_by": lambda _, p: _("{store} was faster.").format(store=p["taken_by"]),
    "offer_expired": lambda _, p: _("The time for this offer is over."),
    "offer_unknown": lambda _, p: _("This offer is not for your store."),
    "offer_stock_gone": lambda _, p: _(
        "Article {sku} was sold here in the meantime. The order goes to another store."
    ).format(**p),
    "offer_declined": lambda _, p: _("Declined. Other stores are asked."),
    "claim_released": lambda _, p: _("Given back. Another store is asked."),
    "claim_not_yours": lambda _, p: _("Your store does not have this order any more."),
    "work_has_begun": lambda _, p: _(
        "Somebody has begun this order. Put everything back first, or report what is missing."
    ),
    "out_of_stock_declared": lambda _, p: _("Declared out of stock. It is not sold from here any more."),
    "offers_paused": lambda _, p: _("No new offers for your store today."),
    "offers_resumed": lambda _, p: _("Your store takes new offers again."),
    "article_unknown": lambda _, p: _("This store does not keep article {sku}.").format(**p),
}

SENTENCES: Mapping[str, Sentence] = {
    **PICKING, **RUNS, **PACKING, **HANDOVER, **OFFERS, **COLLECTING, **SIGNING_IN, **CORE
}  # fmt: skip
