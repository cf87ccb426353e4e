"""Head office can play again what a withdrawn device handed over."""

from core.contract.commands import How, ScanItem
from core.domain.outcome import Verdict
from core.service import devices, handing_over, quarantine
from core.service.cause import office_cause
from core.service.inbox import Decision
from tests.support.core import NOW, Sender, build_world, put_device, put_fulfilment


def test_head_office_plays_it_again_and_it_counts_once(database):
    world = build_world(database)
    put_fulfilment(database, world)
    device = put_device(database, world.lille)
    command = Sender(device, world.ana).command(ScanItem("f-1", "f-1-l0", 1, How.TAP))
    devices.revoke(database, device.id, NOW)
    assert handing_over.sender(database, "nobody") is None
    sender = handing_over.sender(database, device.id)
    assert sender is not None
    answer = handing_over.hand_over(database, sender, [command], NOW).answers[0]
    assert (answer.verdict, answer.code) == (Verdict.ATTENTION, "device_revoked")
    with database.write() as connection:
        replayed = quarantine.replay(connection, office_cause(NOW), command.id)
    assert isinstance(replayed, Decision)
    assert replayed.verdict is Verdict.ACCEPTED
    assert handing_over.hand_over(database, sender, [command], NOW).answers[0].verdict is Verdict.ACCEPTED
