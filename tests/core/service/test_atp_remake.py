import pytest

from core.domain.stock_rules import Rule, RuleKind, Scope
from core.service import atp_remake, stock_rules
from core.service.atp_projection import differences
from core.service.cause import office_cause
from core.service.stock_book import book_of
from tests.support.core import NOW
from tests.support.stock_world import build

CAUSE = office_cause(NOW)


@pytest.mark.parametrize(("at_once", "whole"), [(2_000, True), (0, False)])
def test_a_small_network_is_made_again_within_the_change(database, monkeypatch, at_once, whole):
    build(database)
    monkeypatch.setattr(atp_remake, "POSITIONS_AT_ONCE", at_once)
    with database.write() as connection:
        stock_rules.put_rule(connection, CAUSE, Rule("", RuleKind.SAFETY, Scope(category="Shirts"), units=2))
    with database.read() as connection:
        assert book_of(connection).whole == whole
        assert (atp_remake.progress(connection).done_at == NOW) == whole
        assert differences(connection) == []


def test_who_comes_with_an_older_generation_makes_nothing(database, monkeypatch):
    build(database)
    monkeypatch.setattr(atp_remake, "POSITIONS_AT_ONCE", 0)
    with database.write() as connection:
        before = book_of(connection).generation
        atp_remake.make_all(connection, CAUSE)
        assert atp_remake.go_on(connection, CAUSE, before) == 0
        assert atp_remake.go_on(connection, CAUSE, book_of(connection).generation, 2) == 2
        assert not book_of(connection).whole
