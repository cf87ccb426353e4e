import pytest

from core.domain.stock_rules import Rule, RuleKind, Scope
from core.service import stock_rules
from core.service.atp import available
from core.service.atp_projection import differences
from core.service.cause import office_cause
from core.service.refusal import Refusal
from core.service.stock import Delta, Movement, reserve
from core.service.stock_rules import Amount, NewCatalogue
from core.store import tables as t
from core.store.database import Database
from tests.support.core import NOW, World, build_world
from tests.support.stock_world import OTHER_BRAND, build

CAUSE = office_cause(NOW)
ONE_KEPT = Rule("", RuleKind.SAFETY, Scope(), units=1)


def units(database: Database, world: World, sku: str = "SKU-1") -> int:
    with database.read() as connection:
        assert differences(connection) == []
        return available(connection, world.division, "web", [sku]).most.get(sku, 0)


def test_a_rule_counts_from_its_transaction_on(database):
    world = build_world(database)
    with database.write() as connection:
        stock_rules.put_catalogue(connection, CAUSE, NewCatalogue(world.division, "web"))
    assert units(database, world) == 20
    with database.write() as connection:
        made = stock_rules.put_rule(connection, CAUSE, ONE_KEPT)
        assert isinstance(made, dict)
    assert units(database, world) == 18
    with database.write() as connection:
        changed = stock_rules.change_rule(connection, CAUSE, made["id"], 1, Amount(basis_points=5000))
        assert isinstance(changed, dict)
    assert (units(database, world), changed["version"]) == (10, 2)
    with database.write() as connection:
        stale = stock_rules.remove_rule(connection, CAUSE, made["id"], 1)
        assert isinstance(stale, Refusal)
        assert stock_rules.remove_rule(connection, CAUSE, made["id"], 2) is None
    assert units(database, world) == 20


def test_a_change_that_is_taken_back_never_counts(database):
    world = build(database)
    before = units(database, world)

    def change_and_fail() -> None:
        with database.write() as connection:
            stock_rules.put_rule(connection, CAUSE, Rule("", RuleKind.SAFETY, Scope(world.lille), units=9))
            assert available(connection, world.division, "web", ["SKU-1"]).most != {"SKU-1": before}
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        change_and_fail()
    assert units(database, world) == before


def test_a_reservation_never_takes_what_a_rule_protects(database):
    world = build(database)
    asked = [Movement(world.lille, "SKU-1", "reservation", Delta(reserved=1), division_id=world.division)]
    with database.write() as connection:
        taken = sum(reserve(connection, CAUSE, asked) is None for _ in range(12))
    assert taken == 9  # 10 % of ten units are kept


def test_a_brand_never_takes_more_than_its_share(database):
    world = build(database)
    asked = [Movement(world.lille, "SKU-2", "reservation", Delta(reserved=1), division_id=OTHER_BRAND)]
    taken = 0
    with database.write() as connection:
        for _ in range(8):
            savepoint = connection.begin_nested()
            if reserve(connection, CAUSE, asked) is None:
                savepoint.commit()
                taken += 1
            else:
                savepoint.rollback()
    assert taken == 4  # 40 % of nine, rounded up
    with database.read() as connection:
        assert differences(connection) == []
        assert available(connection, world.division, "web", ["SKU-2"]).units[world.lille] == {"SKU-2": 5}


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        (Rule("", RuleKind.SAFETY, Scope(sku="SKU-9"), units=1), "variant_unknown"),
        (Rule("", RuleKind.SAFETY, Scope("nowhere"), units=1), "location_unknown"),
        (Rule("", RuleKind.SHARE, Scope(), "nobody", units=1), "division_unknown"),
        (Rule("", RuleKind.THRESHOLD, Scope(), "nothing", units=1), "virtual_catalogue_unknown"),
        (Rule("", RuleKind.SAFETY, Scope()), "rule_amount_missing"),
        (Rule("", RuleKind.SAFETY, Scope(), basis_points=1), "rule_scope_taken"),
    ],
)
def test_a_rule_that_cannot_be_is_refused(sqlite_database, rule, code):
    build(sqlite_database)
    with sqlite_database.write() as connection:
        refused = stock_rules.put_rule(connection, CAUSE, rule)
    assert isinstance(refused, Refusal)
    assert refused.code == code


def test_a_catalogue_is_changed_by_version_and_of_its_own_division(database):
    world = build(database)
    with database.write() as connection:
        taken = stock_rules.put_catalogue(connection, CAUSE, NewCatalogue(world.division, "web"))
        foreign = stock_rules.put_catalogue(connection, CAUSE, NewCatalogue(world.division, "shop", "", ("nowhere",)))
        made = stock_rules.put_catalogue(connection, CAUSE, NewCatalogue(world.division, "shop", "", (world.lyon,)))
        assert [one.code for one in (taken, foreign) if isinstance(one, Refusal)] == [
            "catalogue_taken", "location_of_other_division",
        ]  # fmt: skip
        assert isinstance(made, dict)
        assert set(available(connection, world.division, "shop", ["SKU-1"]).units) == {world.lyon}
        changed = stock_rules.change_catalogue(connection, CAUSE, made["id"], 1, {"threshold": 5})
        assert isinstance(changed, dict)
        assert available(connection, world.division, "shop", ["SKU-1"]).most == {"SKU-1": 3}
        stale = stock_rules.change_catalogue(connection, CAUSE, made["id"], 1, {"threshold": 6})
        assert isinstance(stale, Refusal)
        assert stale.code == "stale_version"


def test_articles_that_move_to_another_category_follow_its_rules(database):
    world = build(database)
    with database.write() as connection:
        connection.execute(t.products.update().values(category="Shoes"))
        stock_rules.articles_changed(connection, list(world.skus))
        assert differences(connection) == []
        assert available(connection, OTHER_BRAND, "web", ["SKU-1"]).most == {"SKU-1": 17}
