"""One of everything that travels, with every field set. `python -m tests.contract.examples` writes the golden files.

A golden file that changes is a change of the wire: devices with unsent work still speak the old one.
"""

import json
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from core.contract import commands as c
from core.contract.commands import COMMANDS, Command, How
from core.contract.offers import Offer, OfferLine, OfferState
from core.contract.reference import (
    Carrier,
    Division,
    Location,
    Packaging,
    Position,
    Reason,
    StockEffect,
    StockTarget,
    User,
    Variant,
)
from core.contract.sync import (
    Answer,
    CacheFile,
    Commit,
    Delete,
    Enrolment,
    Group,
    Head,
    Problem,
    PullRequest,
    PushAnswer,
    PushRequest,
    Put,
    VerdictDocument,
)
from core.domain.collection import (
    Collection,
    CollectionKind,
    CollectionLine,
    CollectionPart,
    Handed,
    PartItem,
    Waiting,
)
from core.domain.fulfilment import Address, Fulfilment, Line, Parcel, ParcelItem
from core.domain.handover import Manifest, ManifestParcel
from core.domain.lifecycle import CollectionState, FulfilmentState, ManifestState, ParcelState, RunState
from core.domain.outcome import Verdict
from core.domain.runs import Method, PickRun

GOLDEN = Path(__file__).with_name("golden")
AT = datetime(2026, 3, 2, 9, 30, 15, 250000, tzinfo=UTC)
LATER = datetime(2026, 3, 2, 16, 0, tzinfo=UTC)

ARGUMENTS: tuple[c.Arguments, ...] = (
    c.StartRun("run-1", "R7", "store-1", Method.MULTI, ("f-1", "f-2"), ("ada", "bob")),
    c.PauseRun("run-1"),
    c.ResumeRun("run-1"),
    c.TakeOverRun("run-1"),
    c.FinishRun("run-1", ("f-1", "f-2")),
    c.ScanItem("f-1", "l-1", 1, How.WEDGE, "5400000000018", "run-1"),
    c.ReportShort("f-1", "l-1", 1, "not_found", "run-1"),
    c.PutBackItem("f-1", "l-1", 1, "undo"),
    c.OpenParcel("f-1", "p-1", "box-s"),
    c.PackItem("f-1", "p-1", "l-1", 1, How.CAMERA, "5400000000018"),
    c.UnpackItem("f-1", "p-1", "l-1", 1),
    c.CloseParcel("f-1", "p-1", "340123450000000018", "dhl", 750, 300, 200, 100),
    c.ReopenParcel("f-1", "p-1"),
    c.RecordLabel("f-1", "p-1", "dhl", "JD0001"),
    c.OpenManifest("m-1", "store-1", "dhl"),
    c.LoadParcel("m-1", "f-1", "p-1", How.MANUAL, "340123450000000018"),
    c.UnloadParcel("m-1", "f-1", "p-1"),
    c.CloseManifest("m-1", ("f-1", "f-2")),
    c.ClaimOffer("offer-1"),
    c.DeclineOffer("offer-1", "busy"),
    c.ReleaseClaim("offer-1", "busy"),
    c.DeclareOutOfStock("offer-1", "SH-RED-M", "not_found"),
    c.ArriveParcel("c-1", "p-1", How.CAMERA, "340123450000000018"),
    c.PutAway("c-1", "f-1", "C-01", "f-1"),
    c.HandOverCollection(
        "c-1",
        "h-1",
        (c.HandedItem("ol-1", 1),),
        (c.RefusedItem("ol-2", 1, "too_small"),),
        ("f-1",),
        How.CAMERA,
        "passport",
        "Bo Prima",
        "partner",
        "10,10 20,15;30,30",
    ),
    c.ReturnToShelf("c-1", "ol-1", 1, "A12", ("f-1",)),
    c.NoteCustomer("c-1", "bay 3"),
    c.ExtendPickUp("c-1", LATER),
    c.NotifyCustomer("c-1", "reminder"),
    c.ReserveLocker("c-1", "m"),
    c.DropInLocker("c-1", "17", ("f-1",)),
    c.TakeCash("c-1", "pay-1", 4995),
    c.ChargeCard("c-1", "pay-1", 4995),
    c.PauseOffers(True),
)
COMMAND_EXAMPLES = {
    type(arguments).__name__: Command(
        f"0195-{seq}", seq, type(arguments).__name__, 1, "ada", AT, arguments, f"0195-{seq - 1}", -1500
    )
    for seq, arguments in enumerate(ARGUMENTS, start=1)
}

_LINE = Line(
    "l-1", "ol-1", "SH-RED-M", 3, "Shirt « Été »", "red", "M", "shirts/1.png", ("05400000000018",), 4995, 240, "shirts",
    2, 1, 1, "not_found",
)  # fmt: skip
_PARCEL = Parcel(
    "p-1", 1, "box-s", ParcelState.LOADED, (ParcelItem("l-1", 1),), 750, 300, 200, 100, "340123450000000018", "dhl",
    "JD0001", 2, "m-1",
)  # fmt: skip
DOCUMENT_EXAMPLES: dict[str, Any] = {
    "fulfilment": Fulfilment(
        "f-1", "N-100-1", "K7QF", "o-1", "N-100", "d-1", "store-1", "express", "dhl", LATER, AT,
        Address("Ada Prima", "Rue Haute 1", "1000", "Bruxelles", "BE", "+32 2 000 00 00", "ada@example.org"), (_LINE,),
        FulfilmentState.PICKED, AT, "fraud", "run-1", (_PARCEL,), "مبروك", "EUR",
    ),
    "run": PickRun(
        "run-1", "R7", "store-1", Method.BATCH, ("f-1",), ("ada",), AT, "ada", RunState.FINISHED, LATER, ("f-2",),
        ("f-1", "f-2"),
    ),
    "manifest": Manifest(
        "m-1", "store-1", "dhl", AT, "ada", ManifestState.CLOSED,
        (ManifestParcel("p-1", "f-1", "340123450000000018", 750),), LATER, "bob",
    ),
    "collection": Collection(
        "c-1", "N-100", "K7QF", "o-1", "d-1", "store-1", CollectionKind.SHIP_TO_STORE, "Ada Prima", AT, LATER,
        (CollectionLine("ol-1", "SH-RED-M", 3, "Shirt « Été »", "red", "M", "shirts/1.png", ("05400000000018",), 4995,
                        1, 1, "too_small", 1, 1),),
        (CollectionPart("p-1", "f-9", (PartItem("ol-1", 3, 1),), "p-1", "340123450000000018", "JD0001", "Paris", AT,
                        "C-01"),),
        False, CollectionState.READY, "+32 2 000 00 00", "ada@example.org", "123456789012", "EUR", 4995, AT, LATER,
        Waiting(AT, "bay 3"), Handed("h-1", AT, "ada", "Bo Prima"), "17", LATER,
    ),
    "offer": Offer(
        "offer-1", "N-100", "store-1", 3, 14985, "EUR", LATER, AT, OfferState.DECLINED, "store-2", "d-1", 2,
        (OfferLine("SH-RED-M", 3, "Shirt « Été »", "red", "M", "shirts/1.png"),), "busy", 3,
        "Utrecht", AT, LATER, "ada", 12,
    ),
    "verdict": VerdictDocument("0195-1", Verdict.ATTENTION, "over_picked", {"surplus": 1, "name": "Shirt"}, AT),
    "division": Division("d-1", "NL", "Nord", "Nord", "#336699", "EUR", "NL", {"method": "batch", "wave_size": 6},
                         {"signature": True}),
    "location": Location(
        "store-1", "S1", "Haarlem", "store", "Grote Markt 1", "2011", "Haarlem", "NL", "Europe/Amsterdam", ("d-1",),
        ("cellar", "ground"), {"scan_by_category": {"socks": "none"}}, "+31 23", 52.38, 4.64, True,
        {"pick_up_days": 3}, LATER,
    ),
    "user": User("ada", "ada", "Ada", "fr", "$argon2id$v=19$x", ("pick", "pack"), ("associate",), True, "1234"),
    "reason": Reason(
        "not_found", "short", {"en": "Not found", "ar": "غير موجود"}, StockEffect.ZERO, StockTarget.ON_HAND, True, 2
    ),
    "carrier": Carrier("dhl", "dhl", "DHL", ("standard", "express"), "16:30", "8712345"),
    "packaging": Packaging("box-s", {"en": "Small box"}, 300, 200, 100, 120, 1),
    "position": Position("SH-RED-M", 5, 2, 1, 1, 1, "ground", "A12"),
    "variant": Variant(
        "SH-RED-M", "SH", "d-1", "Shirt", "Nord", "shirts", "red", "M", ("05400000000018",), 4995, "EUR", 240,
        "shirts/1.png",
    ),
}  # fmt: skip

SYNC_EXAMPLES: dict[str, Any] = {
    "PullRequest": PullRequest(
        Group.STOCK, "b64", 1, 2, "ab12", 12, 1, ((3, 2**64 - 1),), ("0195-1",), "b63", 17, "cd34"
    ),
    "CacheFile": CacheFile("ab12", 7_400_000, 41_000_000, ("cd34", "ef56"), 100_000, "b64", 2),
    "Head": Head(False, (3, 250)),
    "Put": Put("position", (("SH-RED-M", 7, {"id": "SH-RED-M", "on_hand": 5}),)),
    "Delete": Delete("fulfilment", ("f-1", "f-2")),
    "Commit": Commit("b64", 12, 2**64 - 1, "ab12"),
    "PushRequest": PushRequest((COMMAND_EXAMPLES["ScanItem"], COMMAND_EXAMPLES["CloseManifest"]), 1, "b64"),
    "PushAnswer": PushAnswer(
        (
            Answer("0195-1", Verdict.ACCEPTED, "picked", {"remaining": 1}, 0),
            Answer("0195-2", None, "waiting", {}, 1500),
        ),
        AT,
    ),
    "Enrolment": Enrolment("device-1", 12, "store-1", "8712345", "access", "refresh", AT, "c0" * 32),
    "Problem": Problem("token_expired", "The access is over", 401, "Sign in again", {"minutes": 15}),
}
EXAMPLES: dict[str, dict[str, Any]] = {
    "commands": COMMAND_EXAMPLES,
    "documents": DOCUMENT_EXAMPLES,
    "sync": SYNC_EXAMPLES,
}


def unset_fields(value: Any) -> list[str]:
    """Fields that still have an empty value: an example that leaves them so would not prove that they travel."""
    empty = [f"{type(value).__name__}.{f.name}" for f in fields(value) if getattr(value, f.name) in ("", (), None, {})]
    inner = (getattr(value, field.name) for field in fields(value))
    parts = [part for each in inner for part in (each if isinstance(each, tuple) else (each,))]
    return empty + [name for part in parts if is_dataclass(part) for name in unset_fields(part)]


def write() -> None:
    GOLDEN.mkdir(exist_ok=True)
    for name, examples in EXAMPLES.items():
        found = {key: json.loads(msgspec.json.encode(example)) for key, example in examples.items()}
        text = json.dumps(found, indent=1, ensure_ascii=False, sort_keys=True)
        (GOLDEN / f"{name}.json").write_text(text + "\n", encoding="utf-8")


assert set(COMMAND_EXAMPLES) == set(COMMANDS)

if __name__ == "__main__":
    write()
