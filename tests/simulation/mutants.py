"""Wrong turns of the real code, each of which some invariant must notice: a simulation that misses one proves nothing.

| mutant | what is broken | caught by |
| --- | --- | --- |
| forget_dedupe | the core does not look a command's id up before applying it | I1, I2, I7 |
| dedupe_not_atomic | effect and processed id are two transactions of the core | I2, I3, I7 |
| effect_before_outbox | a tablet shows a deed before its command is safe | I6 |
| cursor_first | a tablet saves the cursor in a transaction before the rows | I3, I7, I8 |
| rows_without_commit | a tablet applies what a cut stream brought | I4, I7 |
| cursor_too_far | the core's cursor says it has seen one transaction more than was read | I3, I7, I8 |
| drop_on_answer | a tablet drops its own effect at the HTTP answer, before the feed brings it | I6 |
| keep_after_feed | a tablet keeps its own effect on top of the core's | I7 |
| ack_by_highest | a tablet takes an answer for "all up to here" | I1, I6 |
| tap_twice | the intent of a tap is not looked at | I2 |
| stale_overlay | news from the core are not rebased under what was done here | I3, I6 |
| reject_facts | the core refuses what happened too late or too often | I10 |
| poison_blocks | the core answers "failed" for ever instead of setting a command aside | I1, I8 |
| clock_decides | the core sets aside what a wrong clock says is old | I2, I6 |
| move_without_delete | work that left a store is not deleted there | I3 |
| unmarked_claim | the core does not tell the stores that an offer is taken | I3 |
| claim_unconditional | the core gives an offer to everybody who asks | I9 |
| timer_lost | an offer is opened without its timer | I16 |
| hold_kept | what an offer reserved stays reserved when it is over | I20 |
| stock_twice | the stock moves twice for one fact | I2 |
| order_ignored | the core decides a command before the one it builds on | order |
| hold_forever | a command on hold is never offered again | I1, I8 |
| index_not_built | a file comes without its search index | I3 |
| tick_forgotten | the core goes on from cursors of a history that it has lost | I1, I2, I3, I7, I8, order |
| nothing_offered_again | a tablet that is told of a restored core keeps what it did to itself | I1, I2, I3, I6 |
| history_ignored | the core takes work that is built on what it has lost | order, I2, I7 |
| withdrawal_forgotten | a core that is put back to before a withdrawal lets the tablet in again | I13 |
| lost_with_the_wipe | a withdrawn tablet is not told that the core lost decisions, and takes that work along | I13 |
| sum_skipped | a tablet never compares its rows with the core's sum | I3 |
| sum_unreckoned | the core forgets to add what it marks | I3 |
| copy_unnoticed | the core does not look at the numbers of commands | I11 |
| answers_orphaned | a tablet that was paired again is a stranger to its own commands | I1, I2, I3, I6, I7 |
| verdicts_later | a tablet that was paired again is told the rows before the verdicts that are in them | I7 |
| copies_told_late | the second of two copies hears with its push what is no longer its own, not with the rows | I7 |
| wiped_unheard | a withdrawn tablet is wiped and hands nothing over | I13 |
| given_up_at_once | a withdrawn tablet leaves aside what was not taken the first time | I13 |
| handed_to_nobody | what a withdrawn tablet hands over is answered and not kept | I13 |
| withdrawn_served | the core goes on answering a withdrawn tablet | I13 |
| handed_again | units of a handover that two tablets noted count twice | I21 |
| refunded_again | what is refused is refunded twice | I22 |
| late_handover_forgotten | what was handed over in time and told later is refunded with all the rest | I22 |
| told_again | a message is queued twice | I23 |
| cash_forgotten | money that was taken twice does not go back | I22 |
| names_kept | what was fetched never leaves the tablets | I25 |

Each is a context manager that patches the real module. `fate` is the weather in which it shows soonest; customers
fetch something only where it says so.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import delete

import app.store.feed as device_feed
from app.store import documents as device_documents
from app.store import outbox, rebase, verdicts
from app.store import sums as device_sums
from app.store.database import driver
from app.store.device_store import DeviceStore
from core.contract.commands import ScanItem
from core.contract.sync import Commit
from core.domain.offer_answers import OfferClaimed
from core.domain.outcome import Verdict
from core.service import claims, effects, inbox, later, offer_holds, sync
from core.service.stock_effects import apply_to_stock
from core.store import feed
from core.store import sums as core_sums
from core.store import tables as t
from tests.simulation import collect_mutants, file_mutants, pairing_mutants, restore_mutants
from tests.simulation.network import Weather
from tests.simulation.patching import patched

Patch = Callable[[], Iterator[None]]


@dataclass(frozen=True)
class Mutant:
    name: str
    patch: Callable[[], Any]
    fate: dict[str, Any] = field(default_factory=dict)
    misfortunes: dict[str, float] = field(default_factory=dict)


def forget_dedupe() -> Any:
    def known(connection: Any, device: Any, received: Any, at: Any) -> None:
        connection.execute(delete(t.processed_commands).where(t.processed_commands.c.id == received.id))

    return patched(inbox, _known=known)


def dedupe_not_atomic() -> Any:
    usual = inbox._settle

    def settle(connection: Any, *rest: Any) -> Any:
        _commit(driver(connection))
        return usual(connection, *rest)

    return patched(inbox, _settle=settle)


def effect_before_outbox() -> Any:
    usual = device_documents.put_local

    def put_local(raw: Any, *rest: Any, **options: Any) -> None:
        _commit(raw)
        usual(raw, *rest, **options)

    return patched(device_documents, put_local=put_local)


def cursor_first() -> Any:
    usual = device_feed.Pull.finish

    def finish(pull: Any, at: Any) -> Any:
        if pull._head is not None and pull._commit is not None:
            with pull._target.merging() as connection:
                pull._keep_cursor(driver(connection), pull._commit.cursor, at)
        return usual(pull, at)

    return patched(device_feed.Pull, finish=finish)


def rows_without_commit() -> Any:
    usual = device_feed.Pull.finish

    def finish(pull: Any, at: Any) -> Any:
        if pull._head is not None and pull._commit is None:
            pull._commit = Commit(pull.request.cursor or "")
        return usual(pull, at)

    return patched(device_feed.Pull, finish=finish)


@contextmanager
def cursor_too_far() -> Iterator[None]:
    usual = vars(sync)["stand"]

    def stand(*of: Any) -> Any:
        now = usual(*of)
        return replace(now, snapshot=str(int(now.snapshot) + 1))

    with patched(sync, stand=stand), patched(feed, is_past=lambda *_: True):
        yield


def drop_on_answer() -> Any:
    usual = DeviceStore.record_answers

    def record_answers(store: Any, answer: Any, at: Any) -> Any:
        told = usual(store, answer, at)
        with store._database.write() as connection:
            for one in answer.answers:
                _forget_effect(driver(connection), "id = ?", one.id, one.verdict)
        return told

    return patched(DeviceStore, record_answers=record_answers)


def ack_by_highest() -> Any:
    usual = DeviceStore.record_answers

    def record_answers(store: Any, answer: Any, at: Any) -> Any:
        told = usual(store, answer, at)
        last = next((one.id for one in reversed(answer.answers) if one.verdict is not None), "")
        with store._database.write() as connection:
            seq = "seq <= (SELECT seq FROM command WHERE id = ?)"
            _forget_effect(driver(connection), seq, last, Verdict.ACCEPTED)
        return told

    return patched(DeviceStore, record_answers=record_answers)


def keep_after_feed() -> Any:
    usual = verdicts.settle

    def settle(raw: Any, began_after: int) -> Any:
        kept = raw.execute("SELECT entity, id, seq FROM touch").fetchall()
        touched = usual(raw, began_after)
        raw.executemany("INSERT OR IGNORE INTO touch VALUES (?, ?, ?)", kept)
        return touched

    return patched(verdicts, settle=settle)


def tap_twice() -> Any:
    usual = outbox._insert

    def insert(raw: Any, command: Any, intent: str, *rest: Any) -> Any:
        return usual(raw, command, command.id, *rest)

    return patched(outbox, _insert=insert)


def stale_overlay() -> Any:
    return patched(rebase, refold=lambda raw, touched: None)


def reject_facts() -> Any:
    usual = inbox._settle

    def settle(connection: Any, device: Any, received: Any, decision: Any, *rest: Any) -> Any:
        if decision.code in ("over_picked", "picked_after_cancel", "nothing_short", "document_missing"):
            decision = replace(decision, verdict=Verdict.REJECTED)
        return usual(connection, device, received, decision, *rest)

    return patched(inbox, _settle=settle)


def poison_blocks() -> Any:
    return patched(inbox, MOST_TRIES=10**9)


def clock_decides() -> Any:
    usual = inbox._decide

    def decide(connection: Any, device: Any, command: Any, at: Any) -> Any:
        if isinstance(command.arguments, ScanItem) and at - command.at > timedelta(days=365):
            return inbox.Decision(Verdict.ATTENTION, "too_old", {}, kept=True)
        return usual(connection, device, command, at)

    return patched(inbox, _decide=decide)


def move_without_delete() -> Any:
    def move(connection: Any, entity: str, id: str, old_part: str, new_part: str) -> None:
        feed.mark(connection, new_part, entity, id)

    return patched(feed, move=move)


def unmarked_claim() -> Any:
    return patched(claims, mark_copies=lambda connection, offer_id: None)


def claim_unconditional() -> Any:
    return patched(claims, claim=lambda *_: OfferClaimed())


def timer_lost() -> Any:
    usual = later.schedule

    def schedule(connection: Any, cause: Any, jobs: Any) -> Any:
        return usual(connection, cause, [job for job in jobs if job.kind != claims.TIMEOUT])

    return patched(later, schedule=schedule)


def hold_kept() -> Any:
    return patched(offer_holds, let_go=lambda *_: None)


def stock_twice() -> Any:
    usual = apply_to_stock

    def twice(*facts: Any) -> None:
        usual(*facts)
        usual(*facts)

    return patched(effects, apply_to_stock=twice)


@contextmanager
def order_ignored() -> Iterator[None]:
    with patched(inbox, _is_decided=lambda connection, command_id: True), patched(sync, touches=lambda arguments: ()):
        yield


def hold_forever() -> Any:
    usual = DeviceStore.next_batch

    def next_batch(store: Any, *rest: Any, **options: Any) -> Any:
        batch = usual(store, *rest, **options)
        with store._database.read() as connection:
            rows = driver(connection).execute("SELECT id FROM command WHERE held_until <> ''").fetchall()
        held = {row[0] for row in rows}
        return tuple(command for command in batch if command.id not in held)

    return patched(DeviceStore, next_batch=next_batch)


def sum_skipped() -> Any:
    usual = device_sums.settle

    def settle(raw: Any, group: Any, here: Any, commit: Any, at: Any) -> Any:
        return usual(raw, group, here, Commit(commit.cursor), at)

    return patched(device_sums, settle=settle)


def sum_unreckoned() -> Any:
    usual = core_sums.note

    def note(connection: Any, entity: str, told: Any) -> None:
        usual(connection, entity, [row for row in told if entity != "verdict"])

    return patched(core_sums, note=note)


def _commit(raw: Any) -> None:
    """What follows is another transaction."""
    raw.execute("COMMIT")
    raw.execute("BEGIN IMMEDIATE")


def _forget_effect(raw: Any, which: str, value: str, verdict: Verdict | None) -> None:
    """Makes the commands final on the tablet, and their effects go."""
    if verdict is None:
        return
    keys = raw.execute(f"SELECT entity, id FROM touch WHERE seq IN (SELECT seq FROM command WHERE {which})", (value,))
    touched = set(keys.fetchall())
    raw.execute(f"DELETE FROM touch WHERE seq IN (SELECT seq FROM command WHERE {which})", (value,))
    raw.execute(f"UPDATE command SET state = ? WHERE {which}", (verdict.value, value))
    rebase.refold(raw, touched)


BAD = Weather(lose=0.3, double=0.3, slow=0.2, cut=0.3)
CALM = Weather()
SLOW = Weather(slow=0.3)
RESTORED = {"core_restored": 0.2}
RESTORED_AND_WITHDRAWN = RESTORED | {"tablet_revoked": 0.2}

MUTANTS = {
    mutant.name: mutant
    for mutant in (
        Mutant("forget_dedupe", forget_dedupe, {"weather": BAD}),
        Mutant("dedupe_not_atomic", dedupe_not_atomic, {"core_deaths": 0.4, "weather": CALM}),
        Mutant("effect_before_outbox", effect_before_outbox, {"deaths": 0.4, "weather": CALM}),
        Mutant("cursor_first", cursor_first, {"deaths": 0.4, "weather": CALM}),
        Mutant("rows_without_commit", rows_without_commit, {"weather": Weather(cut=0.5)}),
        Mutant("cursor_too_far", cursor_too_far, {"weather": CALM}),
        Mutant("drop_on_answer", drop_on_answer, {"weather": BAD}),
        Mutant("keep_after_feed", keep_after_feed, {"weather": CALM}),
        Mutant("ack_by_highest", ack_by_highest, {"poison": 0.3, "weather": CALM}),
        Mutant("tap_twice", tap_twice, {"weather": CALM}),
        Mutant("stale_overlay", stale_overlay, {"weather": CALM}),
        Mutant("reject_facts", reject_facts, {"weather": BAD}),
        Mutant("poison_blocks", poison_blocks, {"poison": 0.15, "weather": CALM}),
        Mutant("clock_decides", clock_decides, {"skew": True, "weather": CALM}),
        Mutant("move_without_delete", move_without_delete, {"weather": CALM}),
        Mutant("unmarked_claim", unmarked_claim, {"weather": CALM}),
        Mutant("claim_unconditional", claim_unconditional, {"weather": CALM}),
        Mutant("timer_lost", timer_lost, {"weather": CALM}),
        Mutant("hold_kept", hold_kept, {"weather": CALM}),
        Mutant("stock_twice", stock_twice, {"weather": CALM}),
        Mutant("order_ignored", order_ignored, {"poison": 0.4, "weather": CALM}),
        Mutant("hold_forever", hold_forever, {"poison": 0.4, "weather": BAD}),
        Mutant("index_not_built", file_mutants.index_not_built, {"weather": CALM}),
        Mutant("tick_forgotten", restore_mutants.tick_forgotten, {"weather": CALM}, RESTORED),
        Mutant(
            "nothing_offered_again", restore_mutants.nothing_offered_again, {"weather": CALM}, {"core_restored": 0.2}
        ),
        Mutant("history_ignored", restore_mutants.history_ignored, {"weather": SLOW}, RESTORED),
        Mutant("withdrawal_forgotten", restore_mutants.withdrawal_forgotten, {"weather": CALM}, RESTORED_AND_WITHDRAWN),
        Mutant("lost_with_the_wipe", restore_mutants.lost_with_the_wipe, {"weather": CALM}, RESTORED_AND_WITHDRAWN),
        Mutant("sum_skipped", sum_skipped, {"weather": CALM}, {"tablet_rot": 0.3}),
        Mutant("sum_unreckoned", sum_unreckoned, {"weather": CALM}),
        Mutant("copy_unnoticed", pairing_mutants.copy_unnoticed, {"weather": CALM}, {"tablet_restored": 0.5}),
        Mutant("answers_orphaned", pairing_mutants.answers_orphaned, {"weather": SLOW}, {"tablet_withdrawn": 0.3}),
        Mutant("verdicts_later", pairing_mutants.verdicts_later, {"weather": SLOW}, {"tablet_withdrawn": 0.3}),
        Mutant(
            "copies_told_late",
            pairing_mutants.copies_told_late,
            {"weather": BAD},
            {"tablet_cloned": 0.1, "tablet_withdrawn": 0.2},
        ),
        Mutant("wiped_unheard", pairing_mutants.wiped_unheard, {"weather": CALM}, {"tablet_revoked": 0.2}),
        Mutant("given_up_at_once", pairing_mutants.given_up_at_once, {"weather": BAD}, {"tablet_revoked": 0.2}),
        Mutant("handed_to_nobody", pairing_mutants.handed_to_nobody, {"weather": CALM}, {"tablet_revoked": 0.2}),
        Mutant("withdrawn_served", pairing_mutants.withdrawn_served, {"weather": CALM}, {"tablet_revoked": 0.2}),
        Mutant("handed_again", collect_mutants.handed_again, {"fetching": True, "weather": SLOW}),
        Mutant("refunded_again", collect_mutants.refunded_again, {"fetching": True, "weather": CALM}),
        Mutant(
            "late_handover_forgotten",
            collect_mutants.late_handover_forgotten,
            {"fetching": True, "weather": SLOW},
            {"out_of_reach": 0.2},
        ),
        Mutant("told_again", collect_mutants.told_again, {"fetching": True, "weather": CALM}),
        Mutant("cash_forgotten", collect_mutants.cash_forgotten, {"fetching": True, "weather": SLOW}),
        Mutant("names_kept", collect_mutants.names_kept, {"fetching": True, "weather": CALM}),
    )
}
