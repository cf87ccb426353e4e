"""What an associate may want to do next, chosen from what the screen shows and what the hands hold.

A verb looks at the desk and answers the arguments of one command, or None where there is nothing to do. Associates make
honest mistakes (a unit too many, an article reported missing that a colleague has), but put back only what they hold.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from random import Random

from core.contract import commands as c
from core.contract.offers import Offer, OfferState
from core.domain.collecting import own_works
from core.domain.collection import Collection
from core.domain.fulfilment import Fulfilment, Line, Parcel, surplus, to_pack
from core.domain.handover import Manifest
from core.domain.lifecycle import FulfilmentState, ManifestState, ParcelState, RunState
from core.domain.picking import undoable
from core.domain.runs import Method, PickRun, can_start
from tests.simulation.ledger import Place

CARRIER = "colis"


@dataclass(frozen=True)
class Desk:
    """What one tablet shows now, and what is really in hands."""

    location_id: str
    user_id: str
    now: datetime
    fulfilments: list[Fulfilment]
    runs: list[PickRun]
    manifests: list[Manifest]
    offers: list[Offer]
    in_hands: Counter[Place]
    collections: list[Collection] = field(default_factory=list)
    gone: Counter[Place] = field(default_factory=Counter)  # units of (collection, line) given away or put back
    handed: list[c.HandOverCollection] = field(default_factory=list)  # by anybody

    @property
    def parcelled(self) -> list[Fulfilment]:
        """What a carrier takes: not what customers fetch here."""
        own = {work for one in self.collections for work in own_works(one)}
        return [f for f in self.fulfilments if f.id not in own]

    @property
    def pickable(self) -> list[Fulfilment]:
        return [f for f in self.fulfilments if f.state in (FulfilmentState.OPEN, FulfilmentState.PICKING)]

    def parcels(self, state: ParcelState) -> list[tuple[Fulfilment, Parcel]]:
        return [(f, parcel) for f in self.parcelled for parcel in f.parcels if parcel.state is state]


Verb = Callable[[Desk, Random], c.Arguments | None]


def new_id(desk: Desk, rng: Random) -> str:
    return f"{desk.location_id}-{rng.getrandbits(48):012x}"


def start_run(desk: Desk, rng: Random) -> c.Arguments | None:
    free = [f.id for f in desk.pickable if can_start(f, "")]
    if not free:
        return None
    wanted = tuple(rng.sample(free, min(len(free), rng.randint(1, 3))))
    run_id = new_id(desk, rng)
    return c.StartRun(run_id, run_id[-4:], desk.location_id, Method.MULTI, wanted, (desk.user_id,))


def pause_or_resume(desk: Desk, rng: Random) -> c.Arguments | None:
    if not desk.runs:
        return None
    run = rng.choice(desk.runs)
    return c.PauseRun(run.id) if run.state is RunState.ACTIVE else c.ResumeRun(run.id)


def take_over(desk: Desk, rng: Random) -> c.Arguments | None:
    return c.TakeOverRun(rng.choice(desk.runs).id) if desk.runs else None


def finish_run(desk: Desk, rng: Random) -> c.Arguments | None:
    if not desk.runs:
        return None
    run = rng.choice(desk.runs)
    return c.FinishRun(run.id, run.fulfilment_ids)


def scan(desk: Desk, rng: Random) -> c.Arguments | None:
    lines = [(f, line) for f in desk.pickable for line in f.lines if line.remaining]
    return _scan(rng, lines)


def scan_one_too_many(desk: Desk, rng: Random) -> c.Arguments | None:
    lines = [(f, line) for f in desk.fulfilments if not f.closed for line in f.lines if not line.remaining]
    return _scan(rng, lines)


def _scan(rng: Random, lines: list[tuple[Fulfilment, Line]]) -> c.Arguments | None:
    if not lines:
        return None
    fulfilment, line = rng.choice(lines)
    quantity = rng.randint(1, max(1, min(2, line.remaining)))
    return c.ScanItem(fulfilment.id, line.id, quantity, c.How.WEDGE, line.gtins[0], fulfilment.run_id)


def report_short(desk: Desk, rng: Random) -> c.Arguments | None:
    lines = [(f, line) for f in desk.pickable for line in f.lines if line.remaining]
    if not lines:
        return None
    fulfilment, line = rng.choice(lines)
    return c.ReportShort(fulfilment.id, line.id, rng.randint(1, line.remaining), "not_found", fulfilment.run_id)


def put_back(desk: Desk, rng: Random) -> c.Arguments | None:
    held = [
        (f, line, min(loose, desk.in_hands[f.id, line.id]))
        for f in desk.fulfilments
        for line in f.lines
        if (loose := surplus(f, line) or (not f.closed and rng.random() < 0.2 and undoable(f, line)))
    ]
    held = [(f, line, units) for f, line, units in held if units > 0]
    if not held:
        return None
    fulfilment, line, units = rng.choice(held)
    return c.PutBackItem(fulfilment.id, line.id, rng.randint(1, units), "surplus")


def open_parcel(desk: Desk, rng: Random) -> c.Arguments | None:
    ready = [f for f in desk.parcelled if not f.closed and to_pack(f) and not _open(f)]
    return c.OpenParcel(rng.choice(ready).id, new_id(desk, rng), "box") if ready else None


def _open(fulfilment: Fulfilment) -> list[Parcel]:
    return [parcel for parcel in fulfilment.parcels if parcel.state is ParcelState.OPEN]


def pack(desk: Desk, rng: Random) -> c.Arguments | None:
    choices = [
        (f, parcel, line)
        for f, parcel in desk.parcels(ParcelState.OPEN)
        for line in f.lines
        if not f.closed and undoable(f, line)
    ]
    if not choices:
        return None
    fulfilment, parcel, line = rng.choice(choices)
    return c.PackItem(fulfilment.id, parcel.id, line.id, rng.randint(1, undoable(fulfilment, line)), c.How.WEDGE)


def unpack(desk: Desk, rng: Random) -> c.Arguments | None:
    choices = [(f, parcel, item) for f, parcel in desk.parcels(ParcelState.OPEN) for item in parcel.items]
    if not choices:
        return None
    fulfilment, parcel, item = rng.choice(choices)
    return c.UnpackItem(fulfilment.id, parcel.id, item.line_id, rng.randint(1, item.quantity))


def close_parcel(desk: Desk, rng: Random) -> c.Arguments | None:
    full = [(f, parcel) for f, parcel in desk.parcels(ParcelState.OPEN) if parcel.units]
    if not full:
        return None
    fulfilment, parcel = rng.choice(full)
    return c.CloseParcel(fulfilment.id, parcel.id, f"{rng.getrandbits(56):018d}"[:18], CARRIER, rng.randint(100, 9000))


def reopen_parcel(desk: Desk, rng: Random) -> c.Arguments | None:
    closed = desk.parcels(ParcelState.CLOSED)
    if not closed:
        return None
    fulfilment, parcel = rng.choice(closed)
    return c.ReopenParcel(fulfilment.id, parcel.id)


def print_label(desk: Desk, rng: Random) -> c.Arguments | None:
    closed = desk.parcels(ParcelState.CLOSED)
    if not closed:
        return None
    fulfilment, parcel = rng.choice(closed)
    return c.RecordLabel(fulfilment.id, parcel.id, CARRIER)


def open_manifest(desk: Desk, rng: Random) -> c.Arguments | None:
    if any(manifest.state is ManifestState.OPEN for manifest in desk.manifests):
        return None
    return c.OpenManifest(new_id(desk, rng), desk.location_id, CARRIER)


def load(desk: Desk, rng: Random) -> c.Arguments | None:
    manifests = [manifest for manifest in desk.manifests if manifest.state is ManifestState.OPEN]
    closed = desk.parcels(ParcelState.CLOSED)
    if not manifests or not closed:
        return None
    fulfilment, parcel = rng.choice(closed)
    return c.LoadParcel(rng.choice(manifests).id, fulfilment.id, parcel.id, c.How.WEDGE)


def unload(desk: Desk, rng: Random) -> c.Arguments | None:
    loaded = [(m, p) for m in desk.manifests if m.state is ManifestState.OPEN for p in m.parcels]
    if not loaded:
        return None
    manifest, parcel = rng.choice(loaded)
    return c.UnloadParcel(manifest.id, parcel.fulfilment_id, parcel.parcel_id)


def close_manifest(desk: Desk, rng: Random) -> c.Arguments | None:
    ready = [m for m in desk.manifests if m.state is ManifestState.OPEN and m.parcels]
    if not ready:
        return None
    manifest = rng.choice(ready)
    return c.CloseManifest(manifest.id, tuple(sorted({parcel.fulfilment_id for parcel in manifest.parcels})))


def claim(desk: Desk, rng: Random) -> c.Arguments | None:
    open_offers = [offer for offer in desk.offers if offer.state is OfferState.OPEN]
    return c.ClaimOffer(rng.choice(open_offers).id) if open_offers else None


def decline(desk: Desk, rng: Random) -> c.Arguments | None:
    open_offers = [offer for offer in desk.offers if offer.state is OfferState.OPEN]
    reason = "shelf_empty" if rng.random() < 0.2 else "busy"
    return c.DeclineOffer(rng.choice(open_offers).id, reason) if open_offers else None


def say_out_of_stock(desk: Desk, rng: Random) -> c.Arguments | None:
    lines = [(offer, line) for offer in desk.offers if offer.state is OfferState.OPEN for line in offer.lines]
    if not lines:
        return None
    offer, line = rng.choice(lines)
    return c.DeclareOutOfStock(offer.id, line.sku, "shelf_empty")


def give_back(desk: Desk, rng: Random) -> c.Arguments | None:
    won = [offer for offer in desk.offers if offer.state is OfferState.TAKEN and offer.winner == desk.location_id]
    return c.ReleaseClaim(rng.choice(won).id, "busy") if won else None


# How often an associate wants each of them.
VERBS: dict[Verb, int] = {
    start_run: 4, pause_or_resume: 1, take_over: 1, finish_run: 1, scan: 24, scan_one_too_many: 2, report_short: 2,
    put_back: 4, open_parcel: 5, pack: 10, unpack: 1, close_parcel: 5, reopen_parcel: 1, print_label: 4,
    open_manifest: 2, load: 5, unload: 1, close_manifest: 2, say_out_of_stock: 1,
}  # fmt: skip


def decide(desk: Desk, rng: Random, online: bool) -> c.Arguments | None:
    """The next command, or None where nothing can be done. Offers are only answered online; a fact is told anywhere."""
    return any_of(VERBS | ({claim: 8, decline: 2, give_back: 2} if online else {}), desk, rng)


def any_of(verbs: Mapping[Verb, int], desk: Desk, rng: Random) -> c.Arguments | None:
    """One that can be done now, the heavier the likelier."""
    verbs = dict(verbs)
    while verbs:
        verb = rng.choices(list(verbs), list(verbs.values()))[0]
        wanted = verb(desk, rng)
        if wanted is not None:
            return wanted
        del verbs[verb]
    return None
