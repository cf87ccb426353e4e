"""What a decided command does beyond its documents: stock movements, events, order state, re-sourcing of what is short.

All in the command's transaction: a device that sees the verdict sees its effects.
"""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any, Final

from sqlalchemy import Connection

from core.contract import commands as c
from core.contract.commands import Command
from core.contract.rules import Document, Documents, Key
from core.domain.fulfilment import Fulfilment
from core.domain.handover import Manifest
from core.domain.outcome import Outcome, Verdict
from core.domain.runs import PickRun
from core.service import fulfilments, order_state, resourcing
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
}


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
    for order_id in sorted(shorted):
        resourcing.source_again(connection, cause, order_id)
    for order_id in sorted(orders):
        order_state.refresh(connection, cause, order_id)


def _happenings(applied: Applied) -> list[Happening]:
    documents = applied.documents
    told = [_command_happening(applied.command, documents, applied.outcome)]
    for key in sorted(applied.changed):
        old, new = applied.before.get(key), applied.changed[key]
        if isinstance(new, Fulfilment):
            known = old if isinstance(old, Fulfilment) else None
            told.extend(_fulfilment_happenings(applied.command, known, new, documents))
    return told


def _command_happening(command: Command, documents: Documents, outcome: Outcome) -> Happening:
    """One event per command, about the thing it names; also when nothing changed: that somebody said it stays known."""
    arguments = command.arguments
    data: dict[str, Any] = {**asdict(arguments), "outcome": outcome.code}
    if outcome.verdict is not Verdict.ACCEPTED:
        data["attention"] = dict(outcome.params())
    name = EVENT_NAMES[type(arguments)]
    reason = getattr(arguments, "reason", "")
    run, manifest = getattr(arguments, "run_id", ""), getattr(arguments, "manifest_id", "")
    fulfilment = documents.get(("fulfilment", getattr(arguments, "fulfilment_id", "")))
    if isinstance(fulfilment, Fulfilment):
        data |= _about(fulfilment, data.get("line_id", ""), data.get("parcel_id", ""))
        return Happening(name, "fulfilment", fulfilment.id, fulfilment.order_id, data, reason)
    if manifest:
        return Happening(name, "manifest", manifest, data=data, reason=reason)
    if run:
        return Happening(name, "run", run, data=data, reason=reason)
    kind = "offer" if isinstance(arguments, c.ClaimOffer) else "fulfilment"
    return Happening(name, kind, getattr(arguments, f"{kind}_id", ""), data=data, reason=reason)


def _about(fulfilment: Fulfilment, line_id: str, parcel_id: str) -> dict[str, Any]:
    """Names for ids, as they were when it happened."""
    found: dict[str, Any] = {"number": fulfilment.number, "short_id": fulfilment.short_id}
    line, parcel = fulfilment.line(line_id), fulfilment.parcel(parcel_id)
    if line is not None:
        found |= {"sku": line.sku, "name": line.name, "colour": line.colour, "size": line.size}
    if parcel is not None:
        found |= {"parcel": parcel.number, "sscc": parcel.sscc, "tracking": parcel.tracking}
    return found


def _fulfilment_happenings(
    command: Command, old: Fulfilment | None, new: Fulfilment, documents: Documents
) -> Iterator[Happening]:
    """What a command about many orders (a run, a manifest) means for this one, and the steps of its lifecycle."""
    data = {"number": new.number, "short_id": new.short_id}
    was = old.state if old is not None else None
    if old is not None and new.run_id != old.run_id:
        run_id = new.run_id or old.run_id
        run = documents.get(("run", run_id))
        number = run.number if isinstance(run, PickRun) else ""
        name = "PickingStarted" if new.run_id else "PickingEnded"
        yield _of(name, new, data | {"run_id": run_id, "run": number})
    if new.state is not was:
        yield _of(f"Fulfilment{new.state.value.title()}", new, data | {"before": was.value if was else ""})
    if isinstance(command.arguments, c.CloseManifest):
        manifest = documents.get(("manifest", command.arguments.manifest_id))
        carrier = manifest.carrier if isinstance(manifest, Manifest) else ""
        handed = {"manifest_id": command.arguments.manifest_id, "carrier": carrier}
        yield _of("ParcelsHandedOver", new, data | handed | {"parcels": _numbers(new, command.arguments.manifest_id)})


def _of(name: str, fulfilment: Fulfilment, data: dict[str, Any]) -> Happening:
    return Happening(name, "fulfilment", fulfilment.id, fulfilment.order_id, data)


def _numbers(fulfilment: Fulfilment, manifest_id: str) -> list[str]:
    parcels: Iterable[Any] = (parcel for parcel in fulfilment.parcels if parcel.manifest_id == manifest_id)
    return [parcel.sscc or parcel.id for parcel in parcels]
