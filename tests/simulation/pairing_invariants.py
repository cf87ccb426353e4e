"""What must hold of who a tablet is, on any day: put back, copied, withdrawn and wiped."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from core.service.alarms import COPIED
from core.service.copied import SURELY_LATER
from core.service.handing_over import SHUT_OUT
from core.store import tables as t
from tests.simulation.decided import decisions
from tests.simulation.violation import Violation

if TYPE_CHECKING:
    from tests.simulation.day import Day

Check = Callable[["Day"], Iterator[Violation]]
NOTICED_WITHIN = SURELY_LATER + timedelta(minutes=6)  # a poll and a half


def what_was_put_back_is_named(day: "Day") -> Iterator[Violation]:
    """I11: head office knows every tablet that was ahead of a restored core, and every one that was itself put back."""
    a, misfortune = t.device_alarms.c, day.misfortune
    with day.core.books.read() as connection:
        told = {tuple(row) for row in connection.execute(select(a.device_id, a.kind))}
    now = {link.tablet.name: link.tablet.device_id for link in day.links}
    for tablet, (device_id, at, deeds) in misfortune.copied.items():
        is_later = misfortune.core_restored_at is None or at > misfortune.core_restored_at
        numbers_again = len(day.ledger.of(tablet)) > deeds and now[tablet] == device_id
        if not numbers_again and day.now() - at < NOTICED_WITHIN:
            continue  # it made no command since, and a pull tells only what cannot be on its way any more
        if is_later and (device_id, "device_copied") not in told:
            yield Violation("I11", f"{tablet} was restored from a backup, and nobody noticed")


def what_a_withdrawn_tablet_held_is_with_head_office(day: "Day") -> Iterator[Violation]:
    """I13: before its files go all that was done on it is decided, or set aside in its name to be played again."""
    gone = [one for one in day.withdrawals.departures if one.has_handed_over]
    if not gone:
        return
    decided, q = decisions(day), t.quarantine.c
    with day.core.books.read() as connection:
        held = {tuple(row) for row in connection.execute(select(q.id, q.device_id).where(q.resolved_at.is_(None)))}
    for one in gone:
        for deed in day.ledger.of(one.tablet.name):
            found = decided.get(deed.command_id)
            is_aside = found == (SHUT_OUT.verdict.value, SHUT_OUT.code)
            if found is None or (is_aside and (deed.command_id, one.tablet.device_id) not in held):
                yield Violation("I13", f"{one.tablet.name} was wiped, and {deed.arguments} is nowhere")


def what_was_handed_over_is_played_again(day: "Day") -> Iterator[Violation]:
    """I13: in the evening every withdrawn tablet is empty, and nothing that one held waits for head office."""
    if not day.withdrawals.is_done:
        yield Violation("I13", f"of {sorted(day.withdrawals.revoked)} not all were wiped")
    for deed in day.ledger.deeds:
        if decisions(day).get(deed.command_id, ("", ""))[1] == SHUT_OUT.code:
            yield Violation("I13", f"{deed.arguments} still waits for head office")


def a_copied_tablet_is_two_in_the_evening(day: "Day") -> Iterator[Violation]:
    """I11: where a copy and its original worked as one device, both were shut out, and head office was told."""
    for twins in day.clones.unnoticed():
        yield Violation("I11", f"{' and '.join(twins.names)} are one device, and nobody noticed")
    a = t.device_alarms.c
    with day.core.books.read() as connection:
        query = select(a.device_id).where(a.kind == COPIED)
        told = set(connection.execute(query).scalars())
    for twins in day.clones.twins:
        is_later = day.misfortune.core_restored_at is None or twins.at > day.misfortune.core_restored_at
        shut_out = twins.device_id in day.misfortune.suspended | day.withdrawals.revoked  # by hand
        if is_later and not shut_out and not twins.are_one and twins.device_id not in told:
            yield Violation("I11", f"{' and '.join(twins.names)} were shut out, and nobody was told why")


AT_EACH_STEP: tuple[Check, ...] = (what_a_withdrawn_tablet_held_is_with_head_office,)
AT_THE_END: tuple[Check, ...] = (
    what_was_put_back_is_named,
    a_copied_tablet_is_two_in_the_evening,
    what_was_handed_over_is_played_again,
)
