"""A rush answers as the inbox does, command by command; it only does so together."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import select, update

from core.contract import commands as c
from core.domain.outcome import Verdict
from core.service import claim_rush, inbox
from core.service.claim_rush import Claim
from core.store import feed
from core.store import tables as t
from tests.core.service.office import fulfilments_of, place
from tests.core.service.shops import asked, build_crowd, offers_of, reserved
from tests.support.core import NOW, Sender

STORES = 12


@pytest.fixture
def crowd(database):
    return build_crowd(database, STORES)


def claims_on(database, crowd, order_id: str) -> list[Claim]:
    world, devices = crowd
    (offer,) = offers_of(database, order_id)
    copies = asked(database, offer.id)
    return [
        Claim(device, Sender(device, world.ana).command(c.ClaimOffer(copies[device.location_id]), id=f"{offer.id}-{n}"))
        for n, device in enumerate(devices)
    ]


def test_one_wins_and_the_others_are_late(database, crowd):
    orders = [place(database, crowd[0], {"SKU-1": 1}).order_id for _ in range(2)]
    rush = [claim for order_id in orders for claim in claims_on(database, crowd, order_id)]
    answers = claim_rush.receive(database, rush, NOW)
    assert Counter(answer.code for answer in answers) == {"offer_claimed": 2, "taken_by": 2 * (STORES - 1)}
    assert [answer.id for answer in answers] == [claim.command.id for claim in rush]
    for order_id in orders:
        (made,) = fulfilments_of(database, order_id)
        assert made.location_id == offers_of(database, order_id)[0].winner
    assert sum(reserved(database).values()) == 2


def test_every_answer_is_kept_under_its_id_and_told_to_its_device(database, crowd):
    rush = claims_on(database, crowd, place(database, crowd[0], {"SKU-1": 1}).order_id)
    first = claim_rush.receive(database, rush, NOW)
    assert claim_rush.receive(database, rush, NOW) == first
    assert [inbox.receive(database, claim.device, claim.command, NOW) for claim in rush] == first
    with database.read() as connection:
        for claim in rush:
            changes = feed.changes(connection, [feed.device_part(claim.device.id)], None)
            assert [(change.entity, change.id) for change in changes] == [("verdict", claim.command.id)]


def test_the_same_command_twice_in_one_rush_has_one_effect(database, crowd):
    order_id = place(database, crowd[0], {"SKU-1": 1}).order_id
    claim = claims_on(database, crowd, order_id)[0]
    answers = claim_rush.receive(database, [claim, claim, claim], NOW)
    assert {answer.code for answer in answers} == {"offer_claimed"}
    assert len(fulfilments_of(database, order_id)) == 1


def test_what_is_not_simple_is_decided_as_the_inbox_decides_it(database, crowd):
    world, _ = crowd
    rush = claims_on(database, crowd, place(database, crowd[0], {"SKU-1": 1}).order_id)
    stranger = replace(rush[0], command=replace(rush[0].command, user_id=world.zoe))
    elsewhere = replace(rush[1], command=replace(rush[1].command, arguments=rush[2].command.arguments))
    waiting = replace(rush[3], command=replace(rush[3].command, prev="unheard-of"))
    revoked = rush[4]
    with database.write() as connection:
        away = update(t.devices).where(t.devices.c.id == revoked.device.id)
        connection.execute(away.values(state="revoked"))
    answers = claim_rush.receive(database, [stranger, elsewhere, waiting, revoked, rush[5]], NOW)
    assert [(answer.code, answer.verdict) for answer in answers] == [
        ("not_permitted", Verdict.REJECTED),
        ("offer_unknown", Verdict.REJECTED),
        ("waiting", None),
        ("device_revoked", None),
        ("offer_claimed", Verdict.ACCEPTED),
    ]


def test_a_claim_that_fails_does_not_take_the_others_with_it(database, crowd, monkeypatch):
    rush = claims_on(database, crowd, place(database, crowd[0], {"SKU-1": 1}).order_id)
    usual = inbox._decide

    def decide(connection, device, command, at):
        if command.id == rush[0].command.id:
            raise RuntimeError("a bug")
        return usual(connection, device, command, at)

    monkeypatch.setattr(inbox, "_decide", decide)
    answers = claim_rush.receive(database, rush, NOW)
    assert (answers[0].code, answers[0].verdict) == ("failed", None)
    assert Counter(answer.code for answer in answers[1:]) == {"offer_claimed": 1, "taken_by": STORES - 2}


def test_rushes_of_several_processes_have_one_winner(database, crowd):
    order_id = place(database, crowd[0], {"SKU-1": 1}).order_id
    rush = claims_on(database, crowd, order_id)
    parts = [rush[n::4] for n in range(4)]
    with ThreadPoolExecutor(4) as pool:
        told = [one for part in pool.map(lambda part: claim_rush.receive(database, part, NOW), parts) for one in part]
    assert Counter(answer.code for answer in told) == {"offer_claimed": 1, "taken_by": STORES - 1}
    with database.read() as connection:
        codes = Counter(connection.execute(select(t.processed_commands.c.code)).scalars())
    assert codes == {"offer_claimed": 1, "taken_by": STORES - 1}
