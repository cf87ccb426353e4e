import asyncio
from collections import Counter

import pytest

from core.contract import commands as c
from core.http.rush import Rush, are_claims
from core.service import claim_rush
from tests.core.service.office import place
from tests.core.service.shops import asked, build_crowd, offers_of
from tests.support.core import NOW, Sender


@pytest.fixture
def crowd(sqlite_database):
    world, devices = build_crowd(sqlite_database, 30)
    order_id = place(sqlite_database, world, {"SKU-1": 1}).order_id
    copies = asked(sqlite_database, offers_of(sqlite_database, order_id)[0].id)
    return [(one, Sender(one, world.ana).command(c.ClaimOffer(copies[one.location_id]))) for one in devices]


async def test_claims_that_arrive_together_are_answered_together(sqlite_database, crowd, monkeypatch):
    turns: list[int] = []
    together = Rush(sqlite_database, lambda: NOW)
    usual = claim_rush.receive

    def receive(database, claims, at):
        turns.append(len(claims))
        return usual(database, claims, at)

    monkeypatch.setattr(claim_rush, "receive", receive)
    told = await asyncio.gather(*(together.push(device, [command], NOW) for device, command in crowd))
    assert [answer.answers[0].id for answer in told] == [command.id for _, command in crowd]
    assert Counter(answer.answers[0].code for answer in told) == {"offer_claimed": 1, "taken_by": 29}
    assert sum(turns) == 30
    assert len(turns) <= 2


async def test_a_turn_that_fails_is_told_to_who_waited_and_the_next_one_works(sqlite_database, crowd, monkeypatch):
    together = Rush(sqlite_database, lambda: NOW)
    device, command = crowd[0]

    def broken(*_):
        raise RuntimeError("a bug")

    with monkeypatch.context() as changed:
        changed.setattr(claim_rush, "receive", broken)
        with pytest.raises(RuntimeError, match="a bug"):
            await together.push(device, [command], NOW)
    assert (await together.push(device, [command], NOW)).answers[0].code == "offer_claimed"


def test_only_a_push_of_nothing_but_claims_is_one(crowd):
    claim = crowd[0][1]
    scan = Sender(crowd[0][0], "ana").command(c.ScanItem("f", "l", 1, c.How.WEDGE))
    assert are_claims([claim, claim])
    assert not are_claims([claim, scan])
    assert not are_claims([])
