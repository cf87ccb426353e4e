"""What a decided command does beyond its documents: stock movements, events, order state, re-sourcing of what is short.

All in the command's transaction: a device that sees the verdict sees its effects.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

from sqlalchemy import Connection

from core.contract import commands as c
from core.contract.commands import Command
from core.contract.rules import Document, Documents, Key
from core.domain.collection import Collection
from core.domain.fulfilment import Fulfilment
from core.domain.handover import Manifest
from core.domain.lifecycle import ParcelState
from core.domain.outcome import Outcome, Verdict
from core.domain.runs import PickRun
from core.domain.transitions import Transition, transitions
from core.service import collection_effects, fulfilments, order_state, resourcing, transition_events
from core.service.cause import Cause
from core.service.events import Happening, record
from core.service.stock_effects import apply_to_stock

# The event that each command is told as, in the past tense.
EVENT_NAMES: Final[dict[type[Any], str]] = {
    c.StartRun: "RunStarted",
    c.PauseRun: "RunPaused",
    c.ResumeRun: "RunResumed",
    c.TakeOverRun: "RunTakenOver",
    c.FinishRun: "RunFinished",
    c.ScanItem: "ItemPicked",
    c.ReportShort: "LineShort",
    c.PutBackItem: "ItemPutBack",
    c.OpenParcel: "ParcelOpened",
    c.PackItem: "ItemPacked",
    c.UnpackItem: "ItemUnpacked",
    c.CloseParcel: "ParcelClosed",
    c.ReopenParcel: "ParcelReopened",
    c.RecordLabel: "LabelRecorded",
    c.OpenManifest: "ManifestOpened",
    c.LoadParcel: "ParcelLoaded",
    c.UnloadParcel: "ParcelUnloaded",
    c.CloseManifest: "ManifestClosed",
    c.ClaimOffer: "OfferClaimed",
    c.DeclineOffer: "OfferDeclined",
    c.ReleaseClaim: "OfferReleased",
    c.DeclareOutOfStock: "OutOfStockDeclared",
    c.PauseOffers: "OffersPaused",
    c.ArriveParcel: "CollectionPartArrived",
    c.PutAway: "CollectionPutAway",
    c.HandOverCollection: "CollectionItemsHandedOver",
    c.ReturnToShelf: "CollectionReturnedToShelf",
    c.NoteCustomer: "CustomerIsHere",
    c.ExtendPickUp: "CollectionExtended",
    c.DropInLocker: "CollectionInLocker",
    c.TakeCash: "CashTaken",
}
# Of a handover, told as long as its proof is kept (`core.service.retention`).
OF_WHO_FETCHED: Final = ("collector", "relation", "identity")


@dataclass(frozen=True, slots=True)
class Applied:
    """A command after its rule. `before`: the documents as loaded; `changed`: those that differ now, already saved."""

    command: Command
    before: Documents
    changed: Documents
    outcome: Outcome

    @property
    def documents(self) -> dict[Key, Document]:
        """As they are now."""
        return {**self.before, **self.changed}


def after(connection: Connection, applied: Applied, cause: Cause) -> None:
    """In the transaction that saved the documents."""
    applied = replace(applied, command=collection_effects.with_known_document(connection, applied.command))
    command, before, changed = applied.command, applied.before, applied.changed
    orders: set[str] = set()
    shorted: set[str] = set()
    for key in sorted(changed):
        old, new = before.get(key), changed[key]
        if isinstance(new, Fulfilment):
            known = old if isinstance(old, Fulfilment) else None
            apply_to_stock(connection, cause, known, new)
            if known is not None:
                fulfilments.note_closing(connection, known, new, cause.received_at)
            orders.add(new.order_id)
            if isinstance(command.arguments, c.ReportShort):
                shorted.add(new.order_id)
    record(connection, cause, _happenings(applied))
    orders |= collection_effects.after(connection, cause, command, before, changed)
    for order_id in sorted(shorted):
        resourcing.source_again(connection, cause, order_id)
    reason = getattr(command.arguments, "reason", "")
    for order_id in sorted(orders):
        order_state.refresh(connection, cause, order_id, reason)


def _happenings(applied: Applied) -> list[Happening]:
    """The command's own event first. It tells what became of the line or parcel it names; the rest has own events."""
    documents, arguments = applied.documents, applied.command.arguments
    named: list[Transition] = []
    told: list[Happening] = []
    for key in sorted(applied.changed):
        old, new = applied.before.get(key), applied.changed[key]
        if isinstance(new, Fulfilment):
            known = old if isinstance(old, Fulfilment) else None
            changes = transitions(known, new)
            mine = [one for one in changes if _names(arguments, new, one)]
            named += mine
            told += _run_happenings(known, new, documents)
            rest = [one for one in changes if one not in mine]
            told += _handed_over(arguments, new, rest, documents)
            told += transition_events.happenings(new, [one for one in rest if not _is_handed_over(one)])
    return [_command_happening(applied.command, documents, applied.outcome, named), *told]


def _names(arguments: Any, of: Fulfilment, one: Transition) -> bool:
    named = one.id == getattr(arguments, f"{one.kind}_id", "") and of.id == getattr(arguments, "fulfilment_id", "")
    return named and one.kind in ("line", "parcel")


def _command_happening(
    command: Command, documents: Documents, outcome: Outcome, named: Sequence[Transition]
) -> Happening:
    """One event per command, about the thing it names; also when nothing changed: that somebody said it stays known."""
    arguments = command.arguments
    data: dict[str, Any] = {**asdict(arguments), "outcome": outcome.code}
    data.pop("signature", None)
    if outcome.verdict is not Verdict.ACCEPTED:
        data["attention"] = dict(outcome.params())
    name = EVENT_NAMES[type(arguments)]
    reason = getattr(arguments, "reason", "")
    run, manifest = getattr(arguments, "run_id", ""), getattr(arguments, "manifest_id", "")
    fulfilment = documents.get(("fulfilment", getattr(arguments, "fulfilment_id", "")))
    if isinstance(fulfilment, Fulfilment):
        data |= transition_events.about(fulfilment, data.get("line_id", ""), data.get("parcel_id", ""))
        return Happening(name, "fulfilment", fulfilment.id, fulfilment.order_id, data, reason, named)
    collection = documents.get(("collection", getattr(arguments, "collection_id", "")))
    if isinstance(collection, Collection):
        data |= {"number": collection.number, "short_id": collection.short_id}
        return Happening(name, "collection", collection.id, collection.order_id, data, reason)
    if isinstance(arguments, c.HandOverCollection):
        data |= dict.fromkeys(OF_WHO_FETCHED, "")  # no proof is kept of it, which would end with its time
    if manifest:
        return Happening(name, "manifest", manifest, data=data, reason=reason)
    if run:
        return Happening(name, "run", run, data=data, reason=reason)
    kind = "offer" if isinstance(arguments, c.ClaimOffer) else "fulfilment"
    return Happening(name, kind, getattr(arguments, f"{kind}_id", ""), data=data, reason=reason)


def _run_happenings(old: Fulfilment | None, new: Fulfilment, documents: Documents) -> Iterator[Happening]:
    """What a command about many orders means for this one."""
    if old is not None and new.run_id != old.run_id:
        run_id = new.run_id or old.run_id
        run = documents.get(("run", run_id))
        number = run.number if isinstance(run, PickRun) else ""
        name = "PickingStarted" if new.run_id else "PickingEnded"
        data = transition_events.about(new) | {"run_id": run_id, "run": number}
        yield Happening(name, "fulfilment", new.id, new.order_id, data)


def _is_handed_over(one: Transition) -> bool:
    return one.kind == "parcel" and one.after == ParcelState.HANDED_OVER.value


def _handed_over(
    arguments: Any, new: Fulfilment, changes: Sequence[Transition], documents: Documents
) -> Iterator[Happening]:
    """The parcels of an order that a driver took together are one event."""
    gone = [one for one in changes if _is_handed_over(one)]
    if gone:
        manifest_id = getattr(arguments, "manifest_id", "")
        manifest = documents.get(("manifest", manifest_id))
        carrier = manifest.carrier if isinstance(manifest, Manifest) else ""
        parcels = [parcel for parcel in map(new.parcel, [one.id for one in gone]) if parcel is not None]
        data = transition_events.about(new) | {"manifest_id": manifest_id, "carrier": carrier}
        data["parcels"] = [parcel.sscc or parcel.id for parcel in parcels]
        yield Happening("ParcelsHandedOver", "fulfilment", new.id, new.order_id, data, transitions=gone)
