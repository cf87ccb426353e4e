"""Which rule of the domain each command on a collection names. `core.contract.rules` is the one door to them."""

from collections.abc import Mapping
from typing import Final

from core.contract import commands as c
from core.domain import collecting
from core.domain.collecting import Handover, Refused
from core.domain.collection import Collection, PartItem
from core.domain.fulfilment import Fulfilment
from core.domain.outcome import Outcome

# The core alone can answer these: they ask somebody outside (a bank, a locker, a mail server).
ASKED: Final = (c.NotifyCustomer, c.ReserveLocker, c.ChargeCard)
OF_COLLECTIONS: Final = (
    c.ArriveParcel, c.PutAway, c.HandOverCollection, c.ReturnToShelf, c.NoteCustomer, c.ExtendPickUp, c.DropInLocker,
    c.TakeCash,
)  # fmt: skip
Works = Mapping[str, Fulfilment]
Answered = tuple[Collection, Mapping[str, Fulfilment], Outcome]


def works_of(arguments: c.Arguments) -> tuple[str, ...]:
    """Ids of the fulfilments of this store that the command may change."""
    match arguments:
        case c.PutAway():
            return (arguments.fulfilment_id,) if arguments.fulfilment_id else ()
        case c.HandOverCollection() | c.DropInLocker() | c.ReturnToShelf():
            return arguments.fulfilment_ids
        case _:
            return ()


def apply(collection: Collection, works: Works, command: c.Command) -> Answered:
    """`works`: those of `works_of` that are known here, by id."""
    a = command.arguments
    match a:
        case c.PutAway():
            after, work, outcome = collecting.put_away(
                collection, works.get(a.fulfilment_id), a.part_id, a.shelf, command.at
            )
            return after, {} if work is None else {work.id: work}, outcome
        case c.HandOverCollection():
            return collecting.hand_over(collection, works, _handover(command, a))
        case c.ReturnToShelf():
            return collecting.put_back(collection, works, a.line_id, a.quantity)
        case c.DropInLocker():
            return collecting.drop_in_locker(collection, works, a.compartment, command.at)
        case _:
            after, outcome = _alone(collection, command)
            return after, {}, outcome


def _alone(collection: Collection, command: c.Command) -> tuple[Collection, Outcome]:
    a = command.arguments
    match a:
        case c.ArriveParcel():
            return collecting.arrive(collection, a.part_id, command.at)
        case c.NoteCustomer():
            return collecting.note_customer(collection, a.where, command.at)
        case c.ExtendPickUp():
            return collecting.extend(collection, a.until)
        case c.TakeCash():
            return collecting.pay(collection, a.amount_minor)
        case _:
            raise TypeError(command.name)


def _handover(command: c.Command, a: c.HandOverCollection) -> Handover:
    items = tuple(PartItem(item.line_id, item.quantity) for item in a.items if item.quantity > 0)
    refused = tuple(Refused(item.line_id, item.quantity, item.reason) for item in a.refused if item.quantity > 0)
    return Handover(a.handover_id, items, refused, command.at, command.user_id, a.collector)
