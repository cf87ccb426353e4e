from dataclasses import replace
from datetime import timedelta

import pytest

from core.contract import commands as c
from core.contract import rules
from core.contract.collection_rules import ASKED, OF_COLLECTIONS
from core.domain.lifecycle import CollectionState
from tests.core.contract.test_rules import command
from tests.core.domain.test_collecting import AT, own, work

KEY, WORK = ("collection", "c1"), ("fulfilment", "f1")
READY = replace(own(), state=CollectionState.READY, pick_up_by=AT, due_minor=1000)
EACH: tuple[c.Arguments, ...] = (
    c.ArriveParcel("c1", "f1", c.How.TAP),
    c.PutAway("c1", "f1", "C-01", "f1"),
    c.HandOverCollection("c1", "h1", (c.HandedItem("o1", 1),), (c.RefusedItem("o1", 1, "too_small"),), ("f1",)),
    c.ReturnToShelf("c1", "o1", 1, "A1", ("f1",)),
    c.NoteCustomer("c1", "bay 3"),
    c.ExtendPickUp("c1", AT + timedelta(days=3)),
    c.DropInLocker("c1", "17", ("f1",)),
    c.TakeCash("c1", "pay-1", 1000),
)


def test_each_has_a_rule():
    assert {type(one) for one in EACH} == set(OF_COLLECTIONS)


@pytest.mark.parametrize("arguments", EACH, ids=lambda one: type(one).__name__)
def test_it_touches_what_it_changes_and_no_more(arguments: c.Arguments):
    documents: dict[rules.Key, rules.Document] = {KEY: READY, WORK: work()}
    changed, outcome = rules.apply(documents, command(arguments))
    assert set(changed) <= set(rules.touches(arguments))
    assert outcome.code


@pytest.mark.parametrize("arguments", EACH, ids=lambda one: type(one).__name__)
def test_what_is_not_here_is_told(arguments: c.Arguments):
    changed, outcome = rules.apply({}, command(arguments))
    assert (changed, outcome.code) == ({}, "document_missing")


def test_what_somebody_outside_must_answer_changes_nothing_here():
    asked = (c.NotifyCustomer("c1", "ready"), c.ReserveLocker("c1", "m"), c.ChargeCard("c1", "pay-1", 1000))
    assert {type(one) for one in asked} == set(ASKED)
    for arguments in asked:
        assert rules.touches(arguments) == ()
        assert rules.apply({KEY: READY}, command(arguments))[0] == {}


def test_nothing_given_or_paid_is_no_fact():
    for arguments in (c.TakeCash("c1", "pay-1", 0), c.ReturnToShelf("c1", "o1", 0)):
        assert rules.apply({KEY: READY}, command(arguments))[1].code == "quantity_invalid"
