"""The events of changes that nobody named. Each change of state is told once: by its own event, or by that of the
fulfilment where that moved too.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from core.domain.fulfilment import Fulfilment
from core.domain.lifecycle import FulfilmentState, LineState, ParcelState
from core.domain.transitions import Transition
from core.service.events import Happening

NAMES: Final[Mapping[tuple[str, str], str]] = {
    **{("fulfilment", state.value): f"Fulfilment{state.value.title()}" for state in FulfilmentState},
    **{("line", state.value): f"Line{state.value.title()}" for state in LineState},
    ("line", LineState.OPEN.value): "LineReopened",
    ("parcel", ParcelState.OPEN.value): "ParcelOpened",
    ("parcel", ParcelState.CLOSED.value): "ParcelClosed",
    ("parcel", ParcelState.LOADED.value): "ParcelLoaded",
    ("parcel", ParcelState.HANDED_OVER.value): "ParcelsHandedOver",
}


def happenings(fulfilment: Fulfilment, changes: Sequence[Transition], reason: str = "") -> list[Happening]:
    """`fulfilment`: as it is now."""
    of = ("fulfilment", fulfilment.id, fulfilment.order_id)
    whole = next((one for one in changes if one.kind == "fulfilment"), None)
    if whole is not None:
        data = about(fulfilment) | {"before": whole.before}
        return [Happening(NAMES[whole.kind, whole.after], *of, data, reason, changes)]
    told = []
    for one in changes:
        data = about(fulfilment, one.id if one.kind == "line" else "", one.id if one.kind == "parcel" else "")
        told.append(Happening(NAMES[one.kind, one.after], *of, data, reason, (one,)))
    return told


def about(fulfilment: Fulfilment, line_id: str = "", parcel_id: str = "") -> dict[str, Any]:
    """Names for ids, as they were when it happened."""
    found: dict[str, Any] = {"number": fulfilment.number, "short_id": fulfilment.short_id}
    line, parcel = fulfilment.line(line_id), fulfilment.parcel(parcel_id)
    if line is not None:
        found |= {"sku": line.sku, "name": line.name, "colour": line.colour, "size": line.size}
    if parcel is not None:
        found |= {"parcel": parcel.number, "sscc": parcel.sscc, "tracking": parcel.tracking}
    return found
