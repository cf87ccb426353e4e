"""What the core has decided, by its own books, and which deeds had no effect for a reason that the day has given."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from sqlalchemy import select

from core.contract.commands import OpenParcel
from core.store import tables as t
from tests.simulation.ledger import Deed

if TYPE_CHECKING:
    from tests.simulation.day import Day


def decisions(day: "Day") -> Mapping[str, tuple[str, str]]:
    """(verdict, code) of every command the core has decided."""
    if day.decided[0] != day.core.fuse.points or day.misfortune.core_restored_at == day.now():
        p = t.processed_commands.c
        with day.core.books.read() as connection:
            rows = connection.execute(select(p.id, p.verdict, p.code))
            day.decided = (day.core.fuse.points, {row.id: (row.verdict, row.code) for row in rows})
    return day.decided[1]


def not_counted(day: "Day") -> list[Deed]:
    """Deeds that a person must look at and that have no effect, for a reason that this day has really given."""
    decided = decisions(day)
    lost = lost_orders(day)

    def is_aside(deed: Deed) -> bool:
        verdict = decided.get(deed.command_id)
        if verdict == ("attention", "internal"):
            return deed.command_id in day.core.poisoned | day.breaking | day.broke
        if verdict == ("attention", "parcel_unknown"):
            return _is_told_again(day, deed)
        fulfilment_id = getattr(deed.arguments, "fulfilment_id", "")
        gone = fulfilment_id in day.office.moved or fulfilment_id in lost
        return verdict == ("attention", "document_missing") and gone

    return [deed for deed in day.ledger.deeds if is_aside(deed)]


def _is_told_again(day: "Day", deed: Deed) -> bool:
    """A core that was put back lost a parcel, and hears of work on it before the one who opened it tells it again."""
    others = (one.arguments for one in day.ledger.deeds if one.device != deed.device)
    opened = {one.parcel_id for one in others if isinstance(one, OpenParcel)}
    return day.misfortune.core_restored_at is not None and getattr(deed.arguments, "parcel_id", "") in opened


def lost_orders(day: "Day") -> set[str]:
    """Work that people did for orders which a restored core does not know (yet again)."""
    if day.misfortune.core_restored_at is None:
        return set()
    with day.core.books.read() as connection:
        there = set(connection.execute(select(t.fulfilments.c.id)).scalars())
    return {getattr(deed.arguments, "fulfilment_id", "") for deed in day.ledger.deeds} - there
