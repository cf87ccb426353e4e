"""Orders to try rules on, with as few words as the test needs."""

import zlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from core.domain.fulfilment import Address, Fulfilment, Line
from core.domain.handover import Manifest
from core.domain.lifecycle import FulfilmentState
from core.domain.packing import Measures, close_parcel, open_parcel, pack
from core.domain.picking import pick
from core.domain.runs import Method, PickRun

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
HOME = Address("Ada Prima", "1 Rue Haute", "1000", "Brussels", "BE")


def gtin(number: int) -> str:
    """14 digits; good enough to be told from others, its check digit is not looked at."""
    return f"{number:014}"


def a_line(line_id: str = "l1", sku: str = "", quantity: int = 2, **more: Any) -> Line:
    sku = sku or f"sku-{line_id}"
    more.setdefault("name", f"Article {sku}")
    more.setdefault("gtins", (gtin(zlib.crc32(sku.encode())),))
    return Line(id=line_id, order_line_id=f"o-{line_id}", sku=sku, quantity=quantity, **more)


def an_order(name: str = "f1", *lines: Line, due_h: float = 4, **more: Any) -> Fulfilment:
    """Open; due `due_h` hours after NOON; of one line of two units where none is given."""
    fulfilment = Fulfilment(
        id=name,
        number=f"N-{name}",
        short_id=name.upper(),
        order_id=f"order-{name}",
        order_number=f"N{name}",
        division_id="d",
        location_id="store",
        service_level="standard",
        carrier="dhl",
        target_at=NOON + timedelta(hours=due_h),
        placed_at=NOON - timedelta(hours=1),
        ship_to=HOME,
        lines=lines or (a_line(),),
    )
    return replace(fulfilment, **more)


def a_run(*fulfilment_ids: str, run_id: str = "r1", method: Method = Method.MULTI) -> PickRun:
    return PickRun(run_id, "R1", "store", method, fulfilment_ids, ("ada",), NOON, "ada")


def a_manifest(manifest_id: str = "m1", carrier: str = "dhl") -> Manifest:
    return Manifest(manifest_id, "store", carrier, NOON, "ada")


def picked(fulfilment: Fulfilment) -> Fulfilment:
    """With every wanted unit in hand."""
    for line in fulfilment.lines:
        if line.remaining:
            fulfilment, _ = pick(fulfilment, line.id, line.remaining)
    return fulfilment


def line_of(fulfilment: Fulfilment, line_id: str = "l1") -> Line:
    line = fulfilment.line(line_id)
    assert line is not None
    return line


def packed(fulfilment: Fulfilment, parcel_id: str = "p1", sscc: str = "340123450000000018") -> Fulfilment:
    """Picked, and all of it in one closed parcel."""
    fulfilment, _ = open_parcel(picked(fulfilment), parcel_id, "box")
    for line in fulfilment.lines:
        if line.held:
            fulfilment, _ = pack(fulfilment, parcel_id, line.id, line.held)
    fulfilment, _ = close_parcel(fulfilment, parcel_id, sscc, fulfilment.carrier, Measures(500))
    return fulfilment


def cancelled(fulfilment: Fulfilment) -> Fulfilment:
    stopped = fulfilment.after("cancel")
    assert stopped.state is FulfilmentState.CANCELLED
    return stopped
