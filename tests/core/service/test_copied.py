"""A device that was restored from an old backup, or that exists twice: noticed, named, nothing lost or doubled."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from core.contract import commands as c
from core.contract.sync import Group, PullRequest, Put
from core.domain.outcome import Verdict
from core.service import devices, inbox, quarantine, sync
from core.service.cause import office_cause
from core.service.inbox import Decision
from core.store import feed
from core.store import tables as t
from tests.core.service.test_restored import alarms
from tests.core.service.test_sync import Copy
from tests.support.core import NOW, Sender, build_world, put_device, put_fulfilment

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def world(database):
    made = build_world(database)
    put_fulfilment(database, made, quantities=(5,))
    return made


@pytest.fixture
def device(database, world):
    return put_device(database, world.lille)


def scan(sender: Sender, **changes):
    return sender.command(c.ScanItem("f-1", "f-1-l0", 1, c.How.WEDGE), **changes)


def state_of(database, device) -> str:
    with database.read() as connection:
        return connection.execute(select(t.devices.c.state).where(t.devices.c.id == device.id)).scalar_one()


def picked(database) -> int:
    with database.read() as connection:
        return connection.execute(select(t.fulfilment_lines.c.picked)).scalar_one()


def pull(database, device, last_seq, at=LATER):
    return list(sync.pull(database, device, PullRequest(Group.MAIN, None, last_seq=last_seq), at))


def test_a_number_that_comes_twice_names_the_device_and_keeps_the_work(database, world, device):
    sender = Sender(device, world.ana)
    sync.push(database, device, [scan(sender), scan(sender)], NOW)
    copy = Sender(device, world.ana)
    scan(copy)
    answer = sync.push(database, device, [scan(copy, id="of-the-copy")], LATER)
    assert [one.verdict for one in answer.answers] == [Verdict.ACCEPTED]
    assert picked(database) == 3
    assert alarms(database) == [("device_copied", "", 1)]
    assert state_of(database, device) == "suspended"


def test_the_same_commands_again_are_no_copy(database, world, device):
    sender = Sender(device, world.ana)
    commands = [scan(sender), scan(sender)]
    sync.push(database, device, commands, NOW)
    sync.push(database, device, [*commands, scan(sender)], LATER)
    assert (alarms(database), state_of(database, device)) == ([], "active")


def test_a_device_that_has_forgotten_its_own_commands_is_noticed_when_it_pulls(database, world, device):
    sender = Sender(device, world.ana)
    sync.push(database, device, [scan(sender), scan(sender)], NOW)
    assert pull(database, device, 2)
    with pytest.raises(sync.DeviceCopied):
        pull(database, device, 1)
    assert (alarms(database), state_of(database, device)) == ([("device_copied", "", 1)], "suspended")


def test_a_pull_that_was_overtaken_by_a_push_is_no_copy(database, world, device):
    sender = Sender(device, world.ana)
    sync.push(database, device, [scan(sender), scan(sender)], NOW)
    pull(database, device, 1, NOW + timedelta(minutes=2))
    assert state_of(database, device) == "active"


def test_paired_again_it_hears_what_became_of_its_commands_and_nothing_is_done_twice(database, world, device):
    sender = Sender(device, world.ana)
    commands = [scan(sender), scan(sender)]
    sync.push(database, device, commands, NOW)
    with pytest.raises(sync.DeviceCopied):
        pull(database, device, 1)
    anew = put_device(database, world.lille, 2)
    answer = sync.push(database, anew, [*commands, scan(sender)], LATER)
    assert [(one.verdict, one.code) for one in answer.answers] == [(Verdict.ACCEPTED, "picked")] * 3
    assert picked(database) == 3
    copy = Copy(database, anew)
    copy.pull()
    verdicts = {id for entity, id in copy.rows if entity == "verdict"}
    assert verdicts >= {command.id for command in commands}
    assert all(copy.body("verdict", id).verdict is Verdict.ACCEPTED for id in verdicts)


def test_paired_again_the_verdicts_come_with_the_rows_that_hold_their_effects(database, world, device):
    sender = Sender(device, world.ana)
    known, unknown = scan(sender), scan(sender)
    sync.push(database, device, [known], NOW)
    suspend(database, device)
    anew = put_device(database, world.lille, 2)
    request = PullRequest(Group.MAIN, None, last_seq=2, waiting=(known.id, unknown.id))
    puts = [frame for frame in sync.pull(database, anew, request, LATER) if isinstance(frame, Put)]
    told = {frame.e: {id: body for id, _, body in frame.rows} for frame in puts}
    assert list(told["verdict"]) == [known.id]
    assert told["fulfilment"]["f-1"].lines[0].picked == 1


def first_told(database, device, *waiting) -> dict[str, dict]:
    """What a tablet that was just paired is told first: bodies by entity and id."""
    request = PullRequest(Group.MAIN, None, last_seq=1, waiting=waiting)
    told: dict[str, dict] = {}
    for frame in sync.pull(database, device, request, LATER):
        if isinstance(frame, Put):
            told.setdefault(frame.e, {}).update({id: body for id, _, body in frame.rows})
    return told


def test_what_a_tablet_in_use_waits_for_is_not_given_to_another(database, world, device):
    command = scan(Sender(device, world.ana))
    sync.push(database, device, [command], NOW)
    other = put_device(database, world.lille, 2)
    devices.note_seen(database, (device,), LATER)
    assert first_told(database, other, command.id)["verdict"][command.id].code == "id_reuse"
    copy = Copy(database, device)
    copy.pull()
    assert copy.body("verdict", command.id).verdict is Verdict.ACCEPTED


def test_of_two_that_were_one_the_second_counts_nothing_on_top_of_what_both_hold(database, world, device):
    """Copies, paired again with the same unsent work: what is not theirs any more comes with the rows."""
    command = scan(Sender(device, world.ana))
    sync.push(database, device, [command], NOW)
    suspend(database, device)
    told = [first_told(database, put_device(database, world.lille, number), command.id) for number in (2, 3)]
    assert [one["fulfilment"]["f-1"].lines[0].picked for one in told] == [1, 1]
    assert [one["verdict"][command.id].code for one in told] == ["picked", "id_reuse"]


def suspend(database, device) -> None:
    with database.write() as connection:
        devices.suspend(connection, device.id, NOW)


def test_a_former_device_that_is_silent_since_is_the_same_tablet_too(database, world, device):
    """As after a restore that lost the suspension."""
    command = scan(Sender(device, world.ana))
    sync.push(database, device, [command], NOW)
    devices.note_seen(database, (device,), NOW - timedelta(minutes=1))
    (answer,) = sync.push(database, put_device(database, world.lille, 2), [command], LATER).answers
    assert answer.verdict is Verdict.ACCEPTED
    assert picked(database) == 1


def test_the_commands_of_a_suspended_tablet_of_another_store_stay_its_own(database, world, device):
    command = scan(Sender(device, world.ana))
    sync.push(database, device, [command], NOW)
    with pytest.raises(sync.DeviceCopied):
        pull(database, device, 0)
    stranger = put_device(database, world.lyon, 2)
    (answer,) = sync.push(database, stranger, [replace(command)], LATER).answers
    assert answer.code == "id_reuse"


def test_what_head_office_plays_again_is_told_to_the_tablet_that_is_paired_again(database, world, device):
    command = scan(Sender(device, world.ana))
    with database.write() as connection:
        inbox.set_aside(connection, device, command, Decision(Verdict.ATTENTION, "internal", {}, kept=True), NOW)
    suspend(database, device)
    anew = put_device(database, world.lille, 2)
    copy = Copy(database, anew)
    sync.push(database, anew, [command], LATER)
    copy.pull()
    assert copy.body("verdict", command.id).code == "internal"
    with database.write() as connection:
        quarantine.replay(connection, office_cause(LATER, "usr-ana"), command.id)
    copy.pull()
    assert copy.body("verdict", command.id).verdict is Verdict.ACCEPTED
    with database.read() as connection:
        gone = feed.device_part(device.id)
        assert [one.id for one in feed.changes(connection, [gone], None) if not one.deleted] == []
