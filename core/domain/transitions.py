"""What changed its state between two versions of a fulfilment: the whole, its lines, its parcels. Each is told once.

The state of a line is never stored: it is what its counts and its parcels say.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from core.domain.fulfilment import Fulfilment, Line, handed_over_by_line, packed_by_line
from core.domain.lifecycle import FulfilmentState, LineState

_GIVEN_UP = {FulfilmentState.CANCELLED: LineState.CANCELLED, FulfilmentState.REJECTED: LineState.REJECTED}


@dataclass(frozen=True, slots=True)
class Transition:
    """`kind`: "order", "fulfilment", "line", "parcel", "collection", "offer" or "offer_copy".

    `before` "": it was not there. One fact may walk several arrows of a table at once: the states between are left out.
    """

    kind: str
    id: str
    before: str
    after: str


def transitions(before: Fulfilment | None, after: Fulfilment) -> tuple[Transition, ...]:
    """The fulfilment's own first, then its lines', then its parcels'. A line that is there begins open."""
    return tuple(_of_all(before, after))


def line_states(fulfilment: Fulfilment) -> dict[str, LineState]:
    """By line id."""
    packed, gone = packed_by_line(fulfilment), handed_over_by_line(fulfilment)
    return {
        line.id: _line_state(fulfilment, line, packed.get(line.id, 0), gone.get(line.id, 0))
        for line in fulfilment.lines
    }


def _line_state(fulfilment: Fulfilment, line: Line, packed: int, gone: int) -> LineState:
    if gone and gone >= line.wanted:
        return LineState.SHIPPED
    if not line.wanted:
        return LineState.SHORT if line.short else LineState.CANCELLED
    if fulfilment.state in _GIVEN_UP:
        return _GIVEN_UP[fulfilment.state]
    if packed >= line.wanted:
        return LineState.PACKED
    return LineState.OPEN if line.remaining else LineState.PICKED


def _of_all(before: Fulfilment | None, after: Fulfilment) -> Iterator[Transition]:
    was = "" if before is None else before.state.value
    if was != after.state.value:
        yield Transition("fulfilment", after.id, was, after.state.value)
    lines = {} if before is None else line_states(before)
    for line_id, state in line_states(after).items():
        known = lines.get(line_id, LineState.OPEN)
        if state is not known:
            yield Transition("line", line_id, known.value, state.value)
    parcels = {} if before is None else {parcel.id: parcel.state for parcel in before.parcels}
    for parcel in after.parcels:
        if parcels.get(parcel.id) is not parcel.state:
            past = parcels[parcel.id].value if parcel.id in parcels else ""
            yield Transition("parcel", parcel.id, past, parcel.state.value)
