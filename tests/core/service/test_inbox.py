import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from core.contract import commands as c
from core.contract.sync import Answer
from core.domain.collection import Collection, CollectionKind, CollectionLine, CollectionPart, PartItem
from core.domain.fulfilment import Fulfilment
from core.domain.lifecycle import FulfilmentState
from core.domain.outcome import Verdict
from core.domain.runs import Method
from core.service import effects, envelope, inbox
from core.store import documents, feed
from core.store import tables as t
from tests.support.core import NOW, Sender, build_world, put_device, put_fulfilment, put_offer


@pytest.fixture
def world(database):
    return build_world(database)


@pytest.fixture
def device(database, world):
    return put_device(database, world.lille)


@pytest.fixture
def sender(device, world):
    return Sender(device, world.ana)


@pytest.fixture
def fulfilment(database, world):
    return put_fulfilment(database, world)


def scan(quantity: int = 1) -> c.ScanItem:
    return c.ScanItem("f-1", "f-1-l0", quantity, c.How.WEDGE)


def receive(database, device, command, at=NOW) -> Answer:
    return inbox.receive(database, device, command, at)


def picked(database) -> int:
    with database.read() as connection:
        return documents.load_fulfilments(connection, ["f-1"])["f-1"].lines[0].picked


def count(database, table) -> int:
    with database.read() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def kept(database) -> dict[str, str]:
    with database.read() as connection:
        return {row.id: row.code for row in connection.execute(select(t.quarantine))}


def test_a_scan_has_its_effect_and_its_verdict_in_one_transaction(database, device, sender, fulfilment):
    with database.read() as connection:
        since = feed.current_snapshot(connection)
    answer = receive(database, device, sender.command(scan()))
    assert (answer.verdict, answer.code, answer.params) == (Verdict.ACCEPTED, "picked", {"remaining": 1})
    assert picked(database) == 1
    with database.read() as connection:
        parts = (feed.device_part(device.id), feed.store_part(device.location_id))
        changed = {(change.entity, change.id) for change in feed.changes(connection, parts, since)}
    assert changed >= {("verdict", answer.id), ("fulfilment", "f-1")}


def test_a_command_delivered_again_gets_the_same_answer_and_no_second_effect(database, device, sender, fulfilment):
    command = sender.command(scan())
    first = receive(database, device, command)
    later = NOW + timedelta(days=30)
    assert receive(database, device, replace(command, prev="x", offset_ms=9), later) == first
    assert picked(database) == 1


def test_the_same_id_with_another_content_is_told_and_changes_nothing(database, device, sender, fulfilment):
    command = sender.command(scan())
    receive(database, device, command)
    answer = receive(database, device, replace(command, arguments=scan(2)))
    assert (answer.verdict, answer.code) == (Verdict.ATTENTION, "id_reuse")
    assert picked(database) == 1
    receive(database, device, replace(command, arguments=scan(2)))
    assert list(kept(database).values()) == ["id_reuse"]


def test_the_id_of_another_device_is_no_answer_to_this_one(database, world, device, sender, fulfilment):
    command = sender.command(scan())
    receive(database, device, command)
    other = put_device(database, world.lille, 2)
    assert receive(database, other, command).code == "id_reuse"
    assert picked(database) == 1


def test_the_same_command_sent_by_ten_threads_at_once_has_one_effect(database, device, sender, fulfilment):
    command = sender.command(scan())
    answers = in_threads(10, lambda _: receive(database, device, command))
    assert {answer.verdict for answer in answers} <= {Verdict.ACCEPTED, None}
    assert picked(database) == 1


def test_two_devices_on_one_line_lose_no_unit(database, world, fulfilment):
    senders = [Sender(put_device(database, world.lille, number), world.ana) for number in range(1, 7)]

    def work(number: int) -> list[Answer]:
        return [receive(database, senders[number].device, senders[number].command(scan())) for _ in range(5)]

    answers = [answer for some in in_threads(6, work) for answer in some]
    decided = sum(answer.verdict is not None for answer in answers)
    assert decided == 30
    assert picked(database) == 30


@pytest.mark.parametrize(
    ("user", "code"), [("leo", "not_permitted"), ("zoe", "not_permitted"), ("nobody", "not_permitted")]
)
def test_a_fact_of_somebody_who_may_not_is_kept_without_effect(database, world, device, sender, fulfilment, user, code):
    user_id = getattr(world, user, user)
    answer = receive(database, device, sender.command(scan(), user_id=user_id))
    assert (answer.verdict, answer.code) == (Verdict.ATTENTION, code)
    assert picked(database) == 0
    assert kept(database) == {answer.id: code}


def test_an_associate_who_left_may_do_nothing(database, world, device, sender, fulfilment):
    with database.write() as connection:
        connection.execute(update(t.users).where(t.users.c.id == world.ana).values(active=False))
    assert receive(database, device, sender.command(scan())).code == "not_permitted"


def test_a_claim_without_permission_is_rejected(database, world, device, sender):
    copies = put_offer(database, world)
    answer = receive(database, device, sender.command(c.ClaimOffer(copies[world.lille]), user_id=world.leo))
    assert (answer.verdict, answer.code) == (Verdict.REJECTED, "not_permitted")


def test_work_of_another_store_is_not_touched(database, world, fulfilment):
    lyon = put_device(database, world.lyon, 2)
    answer = receive(database, lyon, Sender(lyon, world.ana).command(scan()))
    assert (answer.verdict, answer.code) == (Verdict.ATTENTION, "document_missing")
    assert picked(database) == 0


def test_a_run_named_for_another_store_is_kept_without_effect(database, world, device, sender):
    start = c.StartRun("r-1", "R1", world.lyon, Method.MULTI, (), (world.ana,))
    assert receive(database, device, sender.command(start)).code == "other_location"
    assert count(database, t.pick_runs) == 0


def test_a_run_of_another_store_is_not_taken_over(database, world, device, sender):
    lyon = put_device(database, world.lyon, 2)
    start = c.StartRun("r-1", "R1", world.lyon, Method.MULTI, (), (world.ana,))
    assert receive(database, lyon, Sender(lyon, world.ana).command(start)).verdict is Verdict.ACCEPTED
    assert receive(database, device, sender.command(c.TakeOverRun("r-1"))).code == "other_location"


def test_a_command_waits_for_its_predecessor(database, device, sender, fulfilment):
    first, second = sender.command(scan()), sender.command(scan())
    second = replace(second, prev=first.id)
    waiting = receive(database, device, second)
    assert (waiting.verdict, waiting.code) == (None, "waiting")
    assert waiting.after_ms > 0
    receive(database, device, first)
    assert receive(database, device, second).verdict is Verdict.ACCEPTED


def test_a_revoked_device_changes_nothing_even_in_the_middle_of_a_batch(database, device, sender, fulfilment):
    with database.write() as connection:
        connection.execute(update(t.devices).where(t.devices.c.id == device.id).values(state="revoked"))
    assert receive(database, device, sender.command(scan())).verdict is None
    assert picked(database) == 0


def test_a_command_that_breaks_the_core_is_set_aside_at_the_third_try(
    database, device, sender, fulfilment, monkeypatch
):
    def explode(*_: object) -> None:
        raise RuntimeError("poison")

    monkeypatch.setattr(effects, "after", explode)
    poison = sender.command(scan())
    answers = [receive(database, device, poison) for _ in range(4)]
    assert [answer.verdict for answer in answers] == [None, None, Verdict.ATTENTION, Verdict.ATTENTION]
    assert answers[2].code == "internal"
    assert kept(database) == {poison.id: "internal"}
    assert picked(database) == 0
    monkeypatch.undo()
    assert receive(database, device, sender.command(scan())).verdict is Verdict.ACCEPTED
    assert count(database, t.command_tries) == 0


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"name": "Teleport"}, "unsupported_command"),
        ({"version": 99}, "unsupported_command"),
        ({"arguments": {"quantity": "many"}}, "malformed"),
        ({"arguments": None}, "malformed"),
        ({"at": "2026-05-04T09:00:00"}, "malformed"),
        ({"at": "yesterday"}, "malformed"),
    ],
)
def test_what_cannot_be_read_is_kept_for_a_person(database, device, sender, fulfilment, change, code):
    raw = envelope.as_json(sender.command(scan())) | change
    answer = receive(database, device, envelope.read(raw))
    assert (answer.verdict, answer.code) == (Verdict.ATTENTION, code)
    assert kept(database) == {raw["id"]: code}
    assert receive(database, device, envelope.read(raw)) == answer


def test_a_clock_years_ahead_is_corrected_and_never_in_the_future(database, world, device, sender):
    wrong = datetime(2036, 1, 1, tzinfo=UTC)
    start = c.StartRun("r-1", "R1", world.lille, Method.MULTI, (), (world.ana,))
    receive(database, device, sender.command(start, at=wrong))
    start = replace(start, run_id="r-2")
    receive(
        database, device, sender.command(start, at=wrong, offset_ms=int((NOW - wrong).total_seconds() * 1000) - 60_000)
    )
    with database.read() as connection:
        runs = documents.load_runs(connection, ["r-1", "r-2"])
    assert runs["r-1"].started_at == NOW
    assert runs["r-2"].started_at == NOW - timedelta(minutes=1)


def test_a_manifest_hands_over_what_a_colleague_loaded_too(database, world, device, sender):
    made = [put_fulfilment(database, world, id, (1,)) for id in ("f-1", "f-2")]
    steps: list[c.Arguments] = [c.OpenManifest("m-1", world.lille, "post")]
    for fulfilment in made:
        id = fulfilment.id
        steps += [
            c.ScanItem(id, f"{id}-l0", 1, c.How.WEDGE),
            c.OpenParcel(id, f"{id}-p", "box-s"),
            c.PackItem(id, f"{id}-p", f"{id}-l0", 1, c.How.WEDGE),
            c.CloseParcel(id, f"{id}-p", "376012300000000018", "post", 500),
            c.LoadParcel("m-1", id, f"{id}-p", c.How.WEDGE),
        ]
    steps.append(c.CloseManifest("m-1", ("f-1",)))
    answers = [receive(database, device, sender.command(step)) for step in steps]
    assert {answer.verdict for answer in answers} == {Verdict.ACCEPTED}
    with database.read() as connection:
        states = {f.state for f in documents.load_fulfilments(connection, ["f-1", "f-2"]).values()}
    assert states == {FulfilmentState.SHIPPED}


def test_one_of_fifty_claimers_wins(database, world):
    copies = put_offer(database, world)
    locations = [world.lille, world.lyon]
    senders = [Sender(put_device(database, locations[n % 2], n), world.ana) for n in range(50)]

    def claim(number: int) -> Answer:
        sender = senders[number]
        command = sender.command(c.ClaimOffer(copies[sender.device.location_id]))
        answer = receive(database, sender.device, command)
        while answer.verdict is None:
            answer = receive(database, sender.device, command)
        return answer

    answers = in_threads(50, claim)
    assert sum(answer.verdict is Verdict.ACCEPTED for answer in answers) == 1
    assert {answer.code for answer in answers} == {"offer_claimed", "taken_by"}


def in_threads(count: int, work):
    """What `work(0)` ... `work(count - 1)` return, done at once."""
    results, start = [None] * count, threading.Barrier(count)

    def run(number: int) -> None:
        start.wait()
        results[number] = work(number)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


ALL_FACTS: list[c.Arguments] = [
    c.StartRun("r-1", "R1", "loc-lille", Method.MULTI, ("f-1", "f-9"), ("usr-ana",)), c.PauseRun("r-1"),
    c.ResumeRun("r-1"), c.TakeOverRun("r-1"), c.FinishRun("r-1", ("f-1",)), scan(), scan(-1), scan(0), scan(99),
    c.ReportShort("f-1", "f-1-l0", 1, "not_found"), c.ReportShort("f-1", "nowhere", 1, "unheard_of"),
    c.PutBackItem("f-1", "f-1-l0", 1, "undo"), c.OpenParcel("f-1", "p-1", "box-s"),
    c.PackItem("f-1", "p-1", "f-1-l0", 1, c.How.TAP), c.UnpackItem("f-1", "p-1", "f-1-l0", 1),
    c.CloseParcel("f-1", "p-1", "376012300000000018", "post", 500), c.ReopenParcel("f-1", "p-1"),
    c.RecordLabel("f-1", "p-1", "post", "TRACK"), c.OpenManifest("m-1", "loc-lille", "post"),
    c.LoadParcel("m-1", "f-1", "p-1", c.How.WEDGE), c.UnloadParcel("m-1", "f-1", "p-1"),
    c.CloseManifest("m-1", ("f-1",)), scan(), c.DeclareOutOfStock("nowhere", "SKU-1", "not_found"),
    c.ArriveParcel("c-1", "p-9", c.How.TAP), c.PutAway("c-1", "f-1", "C-01", "f-1"), c.NoteCustomer("c-1", "desk"),
    c.TakeCash("c-1", "pay-1", 100), c.TakeCash("c-1", "pay-2", 100), c.DropInLocker("c-1", "17", ("f-1",)),
    c.HandOverCollection("c-1", "h-1", (c.HandedItem("ord-f-1-0", 1),), (c.RefusedItem("ord-f-1-0", 1, "small"),)),
    c.HandOverCollection("c-1", "h-2", (c.HandedItem("ord-f-1-0", 9),), (), ("f-1",)),
    c.ReturnToShelf("c-1", "ord-f-1-0", 1, "A1", ("f-1",)), c.ReturnToShelf("c-9", "nowhere", 1),
]  # fmt: skip


def to_fetch(work: Fulfilment) -> Collection:
    lines = tuple(CollectionLine(line.order_line_id, line.sku, line.quantity) for line in work.lines)
    items = tuple(PartItem(line.id, line.quantity) for line in lines)
    parts = (CollectionPart(work.id, work.id, items), CollectionPart("p-9", "f-9", items, "p-9"))
    of = ("c-1", work.order_number, "K7", work.order_id, work.division_id, work.location_id)
    return Collection(*of, CollectionKind.RESERVATION, "Jo", NOW, NOW, lines, parts, due_minor=100)


def test_every_fact_is_tried_in_every_state():
    facts = {name for name, known in c.COMMANDS.items() if known.kind is c.Kind.FACT}
    assert {type(arguments).__name__ for arguments in ALL_FACTS} == facts


@pytest.mark.parametrize("state", list(FulfilmentState))
@pytest.mark.parametrize("prelude", [0, 14, 17, 21], ids=["fresh", "packing", "labelled", "loaded"])
def test_a_fact_is_never_rejected(sqlite_database, state, prelude):
    """Every fact, tried in a fulfilment of every state, at several depths of work; each in its own untouched world."""
    database = sqlite_database
    world = build_world(database)
    device = put_device(database, world.lille)
    sender = Sender(device, world.ana)
    fulfilment = put_fulfilment(database, world)
    with database.write() as connection:
        documents.save(connection, None, to_fetch(fulfilment))
    for arguments in ALL_FACTS[:prelude]:
        receive(database, device, sender.command(arguments))
    with database.write() as connection:
        now = documents.load_fulfilments(connection, [fulfilment.id])[fulfilment.id]
        documents.save(connection, now, replace(now, state=state))
    verdicts = {}
    for arguments in ALL_FACTS:
        answer = receive(database, device, sender.command(arguments))
        verdicts[f"{arguments}"] = (answer.verdict, answer.code)
    wrong = {fact: told for fact, told in verdicts.items() if told[0] not in (Verdict.ACCEPTED, Verdict.ATTENTION)}
    assert not wrong
    assert not {fact: told for fact, told in verdicts.items() if told[1] == "internal"}
