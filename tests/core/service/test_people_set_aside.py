"""Who fetched it and how they signed lies sealed in what was set aside, until it has its effect or its time is over."""

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from core.contract.commands import Command
from core.service import devices, envelope, handing_over, inbox, people_set_aside, quarantine, retention, sealing
from core.service.cause import office_cause
from core.service.inbox import Decision
from core.service.refusal import Refusal
from core.store import tables as t
from tests.core.service.collect_world import collection_of, handover, prepared
from tests.core.service.delivery_world import build_delivery_world
from tests.support.core import NOW, Sender, put_device

PEOPLE = ("Bo Prima", "friend", "passport", "1,1 2,2")


def set_aside(database) -> tuple[Any, Command]:
    """The collection, and its handover that a withdrawn tablet handed over."""
    world = build_delivery_world(database)
    ready = prepared(database, world, 2)
    device = put_device(database, world.lille)
    who: dict[str, Any] = dict(zip(("collector", "relation", "identity", "signature"), PEOPLE, strict=True))
    command = Sender(device, world.ana).command(handover(ready, 2, **who))
    devices.revoke(database, device.id, NOW)
    handing_over.hand_over(database, device, [command], NOW)
    return ready, command


def kept(database) -> dict[str, Any]:
    with database.read() as connection:
        return dict(connection.execute(select(t.quarantine.c.payload)).scalar_one())


def forget(database, days: int) -> int:
    with database.write() as connection:
        return retention.forget_who_fetched(connection, NOW + timedelta(days=days))


def test_it_lies_sealed_and_is_played_again_as_it_came(database):
    ready, command = set_aside(database)
    assert not any(name in json.dumps(kept(database)) for name in PEOPLE)
    assert people_set_aside.masked(kept(database))["arguments"]["signature"] == "sealed"
    assert "sealed" not in people_set_aside.masked(kept(database))
    with database.write() as connection:
        assert people_set_aside.opened(connection, kept(database), NOW) == envelope.as_json(command)
        replayed = quarantine.replay(connection, office_cause(NOW), command.id)
        assert isinstance(replayed, Decision)
        assert replayed.code == "handed_over"
        proof = connection.execute(select(t.handovers)).one()
        assert sealing.unseal(connection, proof.signature, NOW) == "1,1 2,2"
    assert (proof.collector, proof.relation, collection_of(database, ready.order_id).lines[0].handed) == (
        "Bo Prima", "friend", 2,
    )  # fmt: skip
    after = kept(database)
    assert ("sealed" in after, after["arguments"]["signature"], after["arguments"]["collector"]) == (False, "", "")
    assert after["arguments"]["items"]


def test_a_number_of_a_document_is_not_even_sealed(database):
    world = build_delivery_world(database)
    ready = prepared(database, world, 2)
    given = envelope.as_json(
        Sender(put_device(database, world.lille), world.ana).command(handover(ready, 2, identity="FR-ID 12AB34567"))
    )
    with database.write() as connection:
        payload = people_set_aside.sealed(connection, given, NOW)
    assert payload == given | {"arguments": given["arguments"] | {"identity": ""}}


def test_what_is_dismissed_says_nothing_of_people(database):
    _, command = set_aside(database)
    with database.write() as connection:
        assert quarantine.dismiss(connection, office_cause(NOW), command.id, "done by hand") is None
    assert kept(database) == envelope.as_json(command) | {"arguments": kept(database)["arguments"]}
    assert all(kept(database)["arguments"][name] == "" for name in people_set_aside.PERSONAL)


@pytest.mark.parametrize("sealed", [True, False])
def test_what_nobody_deals_with_is_forgotten_with_the_proofs(database, sealed):
    _, command = set_aside(database)
    if not sealed:  # as it was kept before
        with database.write() as connection:
            connection.execute(update(t.quarantine).values(payload=envelope.as_json(command)))
    assert (forget(database, 179), forget(database, 181), forget(database, 181)) == (0, 1, 0)
    assert all(kept(database)["arguments"][name] == "" for name in people_set_aside.PERSONAL)


def test_without_its_key_it_is_unreadable_and_stays(database, monkeypatch):
    _, command = set_aside(database)
    monkeypatch.setenv(sealing.VARIABLE, "x5l7fYv3d3Yw9Tt3QFv0m0n0QK0Yy0Qn0Yy0Qn0Yy0Q=")
    with database.write() as connection:
        answer = quarantine.replay(connection, office_cause(NOW), command.id)
    assert isinstance(answer, Refusal)
    assert answer.code == "still_unreadable"


def test_what_cannot_be_read_says_of_people_as_little(database):
    world = build_delivery_world(database)
    device = put_device(database, world.lille)
    wrong = {"collection_id": "c", "items": [], "collector": ["Bo Prima"], "signature": "1,1 2,2"}
    raw = {"id": "x", "seq": 1, "name": "HandOverCollection", "version": 1, "at": NOW.isoformat(), "arguments": wrong}
    inbox.receive(database, device, envelope.read(raw), NOW)
    with database.read() as connection:
        row = connection.execute(select(t.quarantine)).one()
    assert (row.code, "collector" in row.error) == ("malformed", True)
    assert not any(name in row.error + json.dumps(row.payload) for name in PEOPLE)
