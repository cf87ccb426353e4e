"""Which rule of the domain each command names: the one function that device and core run on the same documents.

A document is an aggregate under its key: `("fulfilment", id)`, `("run", id)`, `("manifest", id)`, `("collection", id)`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from core.contract import collection_rules
from core.contract import commands as c
from core.contract.collection_rules import ASKED, OF_COLLECTIONS
from core.domain import handover, packing, picking, runs
from core.domain.collection import Collection
from core.domain.fulfilment import Fulfilment
from core.domain.handover import Manifest, ManifestOpened, ManifestUnknown
from core.domain.offer_answers import OutOfStockDeclared
from core.domain.outcome import Outcome, Verdict
from core.domain.runs import PickRun, RunUnknown

Key = tuple[str, str]
Document = Fulfilment | PickRun | Manifest | Collection
Documents = Mapping[Key, Document]
Applied = tuple[dict[Key, Document], Outcome]


@dataclass(frozen=True, slots=True)
class QuantityInvalid(Outcome):
    """No number of things: nothing was counted."""

    code: ClassVar[str] = "quantity_invalid"
    verdict: ClassVar[Verdict] = Verdict.ATTENTION
    quantity: int


@dataclass(frozen=True, slots=True)
class DocumentMissing(Outcome):
    """The work this fact speaks of is not known here (moved to another store, or deleted)."""

    code: ClassVar[str] = "document_missing"
    verdict: ClassVar[Verdict] = Verdict.ATTENTION


def touches(arguments: c.Arguments) -> tuple[Key, ...]:
    """Keys of the documents the command may change, and all that its rule reads. Empty: the core alone decides.

    `follows` names more of them, once these are loaded.
    """
    match arguments:
        case c.StartRun() | c.FinishRun():
            return (("run", arguments.run_id), *_fulfilments(arguments.fulfilment_ids))
        case c.PauseRun() | c.ResumeRun() | c.TakeOverRun():
            return (("run", arguments.run_id),)
        case c.OpenManifest():
            return (("manifest", arguments.manifest_id),)
        case c.LoadParcel() | c.UnloadParcel():
            return (("manifest", arguments.manifest_id), ("fulfilment", arguments.fulfilment_id))
        case c.CloseManifest():
            return (("manifest", arguments.manifest_id), *_fulfilments(arguments.fulfilment_ids))
        case c.ClaimOffer() | c.DeclineOffer() | c.ReleaseClaim() | c.DeclareOutOfStock() | c.PauseOffers():
            return ()
        case _ if isinstance(arguments, ASKED):
            return ()
        case _ if isinstance(arguments, OF_COLLECTIONS):
            works = collection_rules.works_of(arguments)
            return (("collection", arguments.collection_id), *_fulfilments(works))
        case _:
            return (("fulfilment", arguments.fulfilment_id),)


def follows(arguments: c.Arguments, documents: Documents) -> tuple[Key, ...]:
    """Keys that only the documents of `touches` name: what a colleague put on the manifest, or took into the run."""
    match arguments:
        case c.CloseManifest():
            manifest = documents.get(("manifest", arguments.manifest_id))
            ids = [entry.fulfilment_id for entry in manifest.parcels] if isinstance(manifest, Manifest) else []
        case c.FinishRun():
            run = documents.get(("run", arguments.run_id))
            ids = list(run.fulfilment_ids) if isinstance(run, PickRun) else []
        case _:
            return ()
    return tuple(("fulfilment", i) for i in dict.fromkeys(ids) if i not in arguments.fulfilment_ids)


def apply(documents: Documents, command: c.Command) -> Applied:
    """What the command changes: `(changed documents, outcome)`. Never raises for any state of the documents."""
    arguments = command.arguments
    match arguments:
        case c.StartRun() | c.FinishRun() | c.PauseRun() | c.ResumeRun() | c.TakeOverRun():
            return _run(documents, command, arguments)
        case c.OpenManifest() | c.LoadParcel() | c.UnloadParcel() | c.CloseManifest():
            return _manifest(documents, command, arguments)
        case c.ClaimOffer() | c.DeclineOffer() | c.ReleaseClaim() | c.PauseOffers():
            return {}, DocumentMissing()
        case c.DeclareOutOfStock():
            return {}, OutOfStockDeclared()
        case _ if isinstance(arguments, ASKED):
            return {}, DocumentMissing()
        case _ if isinstance(arguments, OF_COLLECTIONS):
            return _collection(documents, command)
        case _:
            return _fulfilment(documents, arguments)


def _fulfilments(ids: tuple[str, ...]) -> tuple[Key, ...]:
    return tuple(("fulfilment", fulfilment_id) for fulfilment_id in ids)


FULFILMENT_RULES: Mapping[type, Callable[[Fulfilment, Any], tuple[Fulfilment, Outcome]]] = {
    c.ScanItem: lambda f, a: picking.pick(f, a.line_id, a.quantity),
    c.ReportShort: lambda f, a: picking.report_short(f, a.line_id, a.quantity, a.reason),
    c.PutBackItem: lambda f, a: picking.put_back(f, a.line_id, a.quantity),
    c.OpenParcel: lambda f, a: packing.open_parcel(f, a.parcel_id, a.packaging),
    c.PackItem: lambda f, a: packing.pack(f, a.parcel_id, a.line_id, a.quantity),
    c.UnpackItem: lambda f, a: packing.unpack(f, a.parcel_id, a.line_id, a.quantity),
    c.CloseParcel: lambda f, a: packing.close_parcel(
        f, a.parcel_id, a.sscc, a.carrier, packing.Measures(a.weight_g, a.length_mm, a.width_mm, a.height_mm)
    ),
    c.ReopenParcel: lambda f, a: packing.reopen_parcel(f, a.parcel_id),
    c.RecordLabel: lambda f, a: packing.record_label(f, a.parcel_id, a.carrier, a.tracking),
}


def _fulfilment(documents: Documents, arguments: Any) -> Applied:
    before = documents.get(("fulfilment", arguments.fulfilment_id))
    quantity = getattr(arguments, "quantity", 1)
    if quantity < 1:
        return {}, QuantityInvalid(quantity)
    if not isinstance(before, Fulfilment):
        return {}, DocumentMissing()
    after, outcome = FULFILMENT_RULES[type(arguments)](before, arguments)
    return _changed(documents, {("fulfilment", before.id): after}), outcome


def _run(documents: Documents, command: c.Command, arguments: Any) -> Applied:
    key = ("run", arguments.run_id)
    known = documents.get(key)
    ids = (*getattr(arguments, "fulfilment_ids", ()), *(i for _, i in follows(arguments, documents)))
    fulfilments = _all(documents, ids)
    changed: Mapping[str, Fulfilment] = {}
    outcome: Outcome
    if isinstance(arguments, c.StartRun):
        run = known if isinstance(known, PickRun) else _new_run(command, arguments)
        run, changed, outcome = runs.start(run, fulfilments)
    elif not isinstance(known, PickRun):
        return {}, RunUnknown()
    elif isinstance(arguments, c.PauseRun):
        run, outcome = runs.pause(known)
    elif isinstance(arguments, c.ResumeRun):
        run, outcome = runs.resume(known)
    elif isinstance(arguments, c.TakeOverRun):
        run, outcome = runs.take_over(known, command.user_id)
    else:
        run, changed, outcome = runs.finish(known, fulfilments, command.at)
    return _changed(documents, {key: run} | {("fulfilment", i): f for i, f in changed.items()}), outcome


def _new_run(command: c.Command, arguments: c.StartRun) -> PickRun:
    return PickRun(
        id=arguments.run_id,
        number=arguments.number,
        location_id=arguments.location_id,
        method=arguments.method,
        fulfilment_ids=arguments.fulfilment_ids,
        pickers=arguments.pickers,
        started_at=command.at,
        started_by=command.user_id,
    )


def _manifest(documents: Documents, command: c.Command, arguments: Any) -> Applied:
    key = ("manifest", arguments.manifest_id)
    known = documents.get(key)
    if isinstance(arguments, c.OpenManifest):
        opened = Manifest(arguments.manifest_id, arguments.location_id, arguments.carrier, command.at, command.user_id)
        return ({} if known else {key: opened}), ManifestOpened()
    if not isinstance(known, Manifest):
        return {}, ManifestUnknown()
    if isinstance(arguments, c.CloseManifest):
        ids = (*arguments.fulfilment_ids, *(i for _, i in follows(arguments, documents)))
        fulfilments = _all(documents, ids)
        manifest, changed, outcome = handover.close_manifest(known, fulfilments, command.at, command.user_id)
        return _changed(documents, {key: manifest} | {("fulfilment", i): f for i, f in changed.items()}), outcome
    fulfilment = documents.get(("fulfilment", arguments.fulfilment_id))
    if not isinstance(fulfilment, Fulfilment):
        return {}, DocumentMissing()
    rule = handover.load if isinstance(arguments, c.LoadParcel) else handover.unload
    manifest, after, answer = rule(known, fulfilment, arguments.parcel_id)
    return _changed(documents, {key: manifest, ("fulfilment", after.id): after}), answer


def _collection(documents: Documents, command: c.Command) -> Applied:
    arguments: Any = command.arguments
    key = ("collection", arguments.collection_id)
    known = documents.get(key)
    amount = getattr(arguments, "quantity", getattr(arguments, "amount_minor", 1))
    if amount < 1:
        return {}, QuantityInvalid(amount)
    if not isinstance(known, Collection):
        return {}, DocumentMissing()
    works = _all(documents, collection_rules.works_of(arguments))
    after, changed, outcome = collection_rules.apply(known, works, command)
    return _changed(documents, {key: after} | {("fulfilment", i): f for i, f in changed.items()}), outcome


def _all(documents: Documents, ids: tuple[str, ...]) -> dict[str, Fulfilment]:
    found = (documents.get(("fulfilment", fulfilment_id)) for fulfilment_id in ids)
    return {fulfilment.id: fulfilment for fulfilment in found if isinstance(fulfilment, Fulfilment)}


def _changed(before: Documents, after: Mapping[Key, Document]) -> dict[Key, Document]:
    return {key: document for key, document in after.items() if before.get(key) != document}
