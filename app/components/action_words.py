"""What somebody did, in words: the name of each command as people would say it."""

from app.i18n import Translations


def action_words(_: Translations, name: str, about: str) -> str:
    """`about`: the order, run or list, "" where it is not known."""
    said = _ACTIONS[name](_) if name in _ACTIONS else name
    return f"{said}: {about}" if about else said


_ACTIONS = {
    "StartRun": lambda _: _("Pick run started"),
    "PauseRun": lambda _: _("Pick run paused"),
    "ResumeRun": lambda _: _("Pick run continued"),
    "TakeOverRun": lambda _: _("Pick run taken over"),
    "FinishRun": lambda _: _("Pick run finished"),
    "ScanItem": lambda _: _("Article picked"),
    "ReportShort": lambda _: _("Article reported missing"),
    "PutBackItem": lambda _: _("Article put back"),
    "OpenParcel": lambda _: _("Parcel begun"),
    "PackItem": lambda _: _("Article packed"),
    "UnpackItem": lambda _: _("Article taken out of a parcel"),
    "CloseParcel": lambda _: _("Parcel closed"),
    "ReopenParcel": lambda _: _("Parcel opened again"),
    "RecordLabel": lambda _: _("Label printed"),
    "OpenManifest": lambda _: _("Handover list begun"),
    "LoadParcel": lambda _: _("Parcel loaded"),
    "UnloadParcel": lambda _: _("Parcel taken off the list"),
    "CloseManifest": lambda _: _("Parcels handed over"),
    "ClaimOffer": lambda _: _("Order claimed"),
    "DeclineOffer": lambda _: _("Order declined"),
    "ReleaseClaim": lambda _: _("Order given back"),
    "PauseOffers": lambda _: _("New offers of today paused or taken again"),
    "DeclareOutOfStock": lambda _: _("Article declared out of stock"),
    "ArriveParcel": lambda _: _("Parcel received"),
    "PutAway": lambda _: _("Order put on its shelf"),
    "HandOverCollection": lambda _: _("Order handed to the customer"),
    "ReturnToShelf": lambda _: _("Article put back on the shelf"),
    "NoteCustomer": lambda _: _("Customer noted as here"),
    "ExtendPickUp": lambda _: _("More time given"),
    "NotifyCustomer": lambda _: _("Message sent again"),
    "ReserveLocker": lambda _: _("Compartment asked for"),
    "DropInLocker": lambda _: _("Order put in the locker"),
    "TakeCash": lambda _: _("Cash taken"),
    "ChargeCard": lambda _: _("Card charged"),
}
