"""Carrier handover: parcels scanned onto a manifest; closing it says that the driver has them. Facts, never refused."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar

from core.domain.fulfilment import Fulfilment, settled
from core.domain.lifecycle import MANIFEST, PARCEL, FulfilmentState, ManifestState, ParcelState, next_state
from core.domain.outcome import Outcome, Verdict
from core.domain.packing import ParcelUnknown


@dataclass(frozen=True, slots=True)
class ManifestParcel:
    parcel_id: str
    fulfilment_id: str
    sscc: str
    weight_g: int = 0


@dataclass(frozen=True, slots=True)
class Manifest:
    id: str
    location_id: str
    carrier: str
    opened_at: datetime
    opened_by: str  # user id
    state: ManifestState = ManifestState.OPEN
    parcels: tuple[ManifestParcel, ...] = ()
    closed_at: datetime | None = None
    closed_by: str = ""

    def has(self, parcel_id: str) -> bool:
        return any(parcel.parcel_id == parcel_id for parcel in self.parcels)


@dataclass(frozen=True, slots=True)
class ManifestOpened(Outcome):
    code: ClassVar[str] = "manifest_opened"


@dataclass(frozen=True, slots=True)
class ParcelLoaded(Outcome):
    code: ClassVar[str] = "parcel_loaded"
    loaded: int  # parcels on the manifest now


@dataclass(frozen=True, slots=True)
class AlreadyLoaded(Outcome):
    code: ClassVar[str] = "already_loaded"


@dataclass(frozen=True, slots=True)
class LoadedElsewhere(Outcome):
    """Another manifest has the parcel too: one of the two did not happen."""

    code: ClassVar[str] = "loaded_elsewhere"
    verdict: ClassVar[Verdict] = Verdict.ATTENTION


@dataclass(frozen=True, slots=True)
class LoadedAfterCancel(Outcome):
    code: ClassVar[str] = "loaded_after_cancel"
    verdict: ClassVar[Verdict] = Verdict.ATTENTION


@dataclass(frozen=True, slots=True)
class LoadedNotClosed(Outcome):
    """The parcel is loaded although nobody closed (weighed, labelled) it, as far as is known here."""

    code: ClassVar[str] = "loaded_not_closed"
    verdict: ClassVar[Verdict] = Verdict.ATTENTION


@dataclass(frozen=True, slots=True)
class ParcelUnloaded(Outcome):
    code: ClassVar[str] = "parcel_unloaded"
    loaded: int


@dataclass(frozen=True, slots=True)
class ManifestClosed(Outcome):
    code: ClassVar[str] = "manifest_closed"
    parcels: int


@dataclass(frozen=True, slots=True)
class ManifestAlreadyClosed(Outcome):
    code: ClassVar[str] = "manifest_already_closed"
    verdict: ClassVar[Verdict] = Verdict.ATTENTION


@dataclass(frozen=True, slots=True)
class ManifestUnknown(Outcome):
    code: ClassVar[str] = "manifest_unknown"
    verdict: ClassVar[Verdict] = Verdict.ATTENTION


@dataclass(frozen=True, slots=True)
class ShippedAfterCancel(Outcome):
    """The driver has parcels of a cancelled order: stop them, or wait for the return."""

    code: ClassVar[str] = "shipped_after_cancel"
    verdict: ClassVar[Verdict] = Verdict.ATTENTION
    parcels: int


@dataclass(frozen=True, slots=True)
class ClosedWithUnknown(Outcome):
    """`parcels` on the manifest belong to orders that are not known here: nothing says that they are shipped."""

    code: ClassVar[str] = "closed_with_unknown"
    verdict: ClassVar[Verdict] = Verdict.ATTENTION
    parcels: int


LoadOutcome = (
    ParcelLoaded
    | AlreadyLoaded
    | LoadedElsewhere
    | LoadedAfterCancel
    | LoadedNotClosed
    | ParcelUnknown
    | ManifestUnknown
    | ManifestAlreadyClosed
)
CloseManifestOutcome = ManifestClosed | ManifestAlreadyClosed | ShippedAfterCancel | ClosedWithUnknown | ManifestUnknown


def load(manifest: Manifest, fulfilment: Fulfilment, parcel_id: str) -> tuple[Manifest, Fulfilment, LoadOutcome]:
    """One parcel scanned onto an open manifest."""
    parcel = fulfilment.parcel(parcel_id)
    if manifest.state is ManifestState.CLOSED:
        return manifest, fulfilment, ManifestAlreadyClosed()
    if manifest.has(parcel_id):
        return manifest, fulfilment, AlreadyLoaded()
    if parcel is None:
        return manifest, fulfilment, ParcelUnknown()
    entry = ManifestParcel(parcel_id, fulfilment.id, parcel.sscc, parcel.weight_g)
    loaded = replace(manifest, parcels=(*manifest.parcels, entry))
    if parcel.manifest_id and parcel.manifest_id != manifest.id:
        return loaded, fulfilment, LoadedElsewhere()
    moved = replace(parcel, state=next_state(PARCEL, parcel.state, "load"), manifest_id=manifest.id)
    after = fulfilment.with_parcel(moved)
    if fulfilment.state in (FulfilmentState.CANCELLED, FulfilmentState.REJECTED):
        return loaded, after, LoadedAfterCancel()
    if parcel.state is ParcelState.OPEN:
        return loaded, after, LoadedNotClosed()
    return loaded, after, ParcelLoaded(len(loaded.parcels))


def unload(
    manifest: Manifest, fulfilment: Fulfilment, parcel_id: str
) -> tuple[Manifest, Fulfilment, ParcelUnloaded | ManifestAlreadyClosed]:
    if manifest.state is ManifestState.CLOSED:
        return manifest, fulfilment, ManifestAlreadyClosed()
    left = replace(manifest, parcels=tuple(entry for entry in manifest.parcels if entry.parcel_id != parcel_id))
    parcel = fulfilment.parcel(parcel_id)
    if parcel is not None and parcel.manifest_id == manifest.id:
        fulfilment = fulfilment.with_parcel(
            replace(parcel, state=next_state(PARCEL, parcel.state, "unload"), manifest_id="")
        )
    return left, fulfilment, ParcelUnloaded(len(left.parcels))


def close_manifest(
    manifest: Manifest, fulfilments: Mapping[str, Fulfilment], at: datetime, user_id: str
) -> tuple[Manifest, dict[str, Fulfilment], CloseManifestOutcome]:
    """The driver took the parcels on the manifest. `fulfilments` are those of its parcels, by id."""
    if manifest.state is ManifestState.CLOSED:
        return manifest, {}, ManifestAlreadyClosed()
    closed = replace(manifest, state=next_state(MANIFEST, manifest.state, "close"), closed_at=at, closed_by=user_id)
    changed: dict[str, Fulfilment] = {}
    stopped = unknown = 0
    for entry in manifest.parcels:
        before = fulfilments.get(entry.fulfilment_id)
        if before is None or before.parcel(entry.parcel_id) is None:
            unknown += 1
            continue
        stopped += before.state in (FulfilmentState.CANCELLED, FulfilmentState.REJECTED)
        changed[before.id] = _hand_over(changed.get(before.id, before), entry.parcel_id)
    if stopped:
        return closed, changed, ShippedAfterCancel(stopped)
    if unknown:
        return closed, changed, ClosedWithUnknown(unknown)
    return closed, changed, ManifestClosed(len(manifest.parcels))


def _hand_over(fulfilment: Fulfilment, parcel_id: str) -> Fulfilment:
    parcel = fulfilment.parcel(parcel_id)
    if parcel is None:
        return fulfilment
    # Also one that nobody closed or loaded as far as is known here: the driver has it.
    return settled(fulfilment.with_parcel(replace(parcel, state=next_state(PARCEL, parcel.state, "hand_over"))))
