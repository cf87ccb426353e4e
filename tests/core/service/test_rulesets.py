from datetime import timedelta

import pytest

from core.domain.ruleset import DEFAULT, Criterion
from core.service import rulesets
from core.service.cause import office_cause
from core.service.refusal import Refusal
from core.service.rulesets import Draft
from core.store.database import Database
from tests.support.core import NOW, build_world

LATER = NOW + timedelta(days=1)
COSTS = {"criteria": ["cost", "proximity"], "max_splits": 2}


def drafted(connection, world, body=None, at=NOW, **more):
    made = rulesets.draft(
        connection, office_cause(at, "usr-ana"), Draft(world.division, "Costs", body or COSTS, **more)
    )
    assert not isinstance(made, Refusal), made
    return made["id"]


def live_id(connection, world, at):
    return rulesets.live(connection, world.division, at)[1]


def test_a_draft_decides_nothing_until_it_is_published(database: Database):
    world = build_world(database)
    with database.write() as connection:
        first, second = drafted(connection, world), drafted(connection, world)
        assert rulesets.live(connection, world.division, NOW) == (DEFAULT, "")
        assert [rulesets.row_of(connection, id).number for id in (first, second)] == [1, 2]
        rulesets.publish(connection, office_cause(NOW), second)
        ruleset, id = rulesets.live(connection, world.division, NOW)
    assert id == second
    assert ruleset.strategies[0].criteria == (Criterion.COST, Criterion.PROXIMITY)


def test_a_version_is_published_at_a_date_and_can_be_withdrawn_before(database: Database):
    world = build_world(database)
    with database.write() as connection:
        now, then = drafted(connection, world), drafted(connection, world)
        rulesets.publish(connection, office_cause(NOW), now)
        made = rulesets.publish(connection, office_cause(NOW), then, LATER)
        assert not isinstance(made, Refusal)
        assert (live_id(connection, world, NOW), live_id(connection, world, LATER)) == (now, then)
        rulesets.withdraw(connection, office_cause(NOW), made["id"])
        assert live_id(connection, world, LATER) == now
        again = rulesets.withdraw(connection, office_cause(NOW), made["id"])
        past = rulesets.publish(connection, office_cause(LATER), then, NOW)
    assert isinstance(again, Refusal)
    assert (again.code, isinstance(past, Refusal) and past.code) == ("publication_begun", "publication_in_the_past")


def test_rolling_back_brings_the_version_before_and_drops_what_is_scheduled(database: Database):
    world = build_world(database)
    with database.write() as connection:
        one, two, three = (drafted(connection, world) for _ in range(3))
        rulesets.publish(connection, office_cause(NOW), one)
        rulesets.publish(connection, office_cause(NOW + timedelta(hours=1)), two)
        rulesets.publish(connection, office_cause(NOW + timedelta(hours=2)), three, LATER)
        at = NOW + timedelta(hours=3)
        rulesets.roll_back(connection, office_cause(at), world.division)
        assert (live_id(connection, world, at), live_id(connection, world, LATER)) == (one, one)


def test_rolling_back_the_first_version_brings_the_built_in_rules(database: Database):
    world = build_world(database)
    with database.write() as connection:
        refused = rulesets.roll_back(connection, office_cause(NOW), world.division)
        rulesets.publish(connection, office_cause(NOW), drafted(connection, world))
        rulesets.roll_back(connection, office_cause(LATER), world.division)
        assert live_id(connection, world, LATER) == ""
    assert isinstance(refused, Refusal)
    assert refused.code == "nothing_to_roll_back"


def test_a_division_without_own_rules_follows_the_account(database: Database):
    world = build_world(database)
    with database.write() as connection:
        made = rulesets.draft(connection, office_cause(NOW), Draft("", "All brands", COSTS))
        assert not isinstance(made, Refusal)
        rulesets.publish(connection, office_cause(NOW), made["id"])
        assert live_id(connection, world, NOW) == made["id"]
        own = drafted(connection, world)
        rulesets.publish(connection, office_cause(NOW), own)
        assert live_id(connection, world, NOW) == own


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"division_id": "nobody"}, "division_unknown"),
        ({"based_on": "nothing"}, "ruleset_unknown"),
        ({"name": ""}, "name_out_of_range"),
        ({"body": {"criteria": ["luck"]}}, "ruleset_invalid"),
    ],
)
def test_a_draft_that_cannot_be_is_refused(database: Database, more, code):
    world = build_world(database)
    values = {"division_id": world.division, "name": "Costs", "body": COSTS} | more
    with database.write() as connection:
        refused = rulesets.draft(connection, office_cause(NOW), Draft(**values))
    assert isinstance(refused, Refusal)
    assert refused.code == code
    if code == "ruleset_invalid":
        assert refused.params["place"] == "strategies.0.criteria.0"


def test_what_does_not_exist_cannot_be_published(database: Database):
    build_world(database)
    with database.write() as connection:
        refused = rulesets.publish(connection, office_cause(NOW), "nothing")
        assert rulesets.version(connection, "nothing") is None
        assert rulesets.version(connection, "") is DEFAULT
    assert isinstance(refused, Refusal)


ASK = {"rules": [{"candidates": 2, "timeout_minutes": 30}]}


def allocation(connection, world, at=NOW, body=None, **more):
    wanted = Draft(world.division, "Compete", body or ASK, kind=rulesets.ALLOCATION, **more)
    made = rulesets.draft(connection, office_cause(at), wanted)
    assert not isinstance(made, Refusal), made
    return made["id"]


def competing(connection, world, at):
    found = rulesets.live_allocation(connection, world.division, at)
    return None if found is None else found[1]


def test_rules_of_allocation_have_versions_of_their_own(database: Database):
    world = build_world(database)
    with database.write() as connection:
        sourcing = drafted(connection, world)
        one, two = allocation(connection, world), allocation(connection, world)
        numbers = [rulesets.row_of(connection, id, rulesets.ALLOCATION).number for id in (one, two)]
        assert competing(connection, world, NOW) is None
        rulesets.publish(connection, office_cause(NOW), sourcing)
        rulesets.publish(connection, office_cause(NOW), one)
        rulesets.publish(connection, office_cause(NOW), two, LATER)
        assert (numbers, live_id(connection, world, LATER)) == ([1, 2], sourcing)
        assert (competing(connection, world, NOW), competing(connection, world, LATER)) == (one, two)
        settings, _ = rulesets.live_allocation(connection, world.division, NOW) or (None, "")
        assert settings is not None
        assert settings.rules[0].candidates == 2
        rulesets.roll_back(connection, office_cause(LATER), world.division, rulesets.ALLOCATION)
        assert (competing(connection, world, LATER), live_id(connection, world, LATER)) == (one, sourcing)
        after = LATER + timedelta(hours=1)
        rulesets.roll_back(connection, office_cause(after), world.division, rulesets.ALLOCATION)
        assert competing(connection, world, after) == two


def test_rolling_back_the_first_rules_of_allocation_ends_the_competition(database: Database):
    world = build_world(database)
    with database.write() as connection:
        rulesets.publish(connection, office_cause(NOW), allocation(connection, world))
        rulesets.roll_back(connection, office_cause(LATER), world.division, rulesets.ALLOCATION)
        assert competing(connection, world, LATER) is None


def test_rules_of_allocation_that_cannot_be_followed_are_refused_with_their_place(database: Database):
    world = build_world(database)
    body = {"rules": [{"candidates": 0}]}
    wanted = Draft(world.division, "Compete", body, kind=rulesets.ALLOCATION)
    with database.write() as connection:
        refused = rulesets.draft(connection, office_cause(NOW), wanted)
        based = allocation(connection, world, based_on=allocation(connection, world))
        foreign = rulesets.draft(connection, office_cause(NOW), Draft(world.division, "Costs", COSTS, based_on=based))
    assert isinstance(refused, Refusal)
    assert (refused.code, refused.params["place"]) == ("ruleset_invalid", "rules.0.candidates")
    assert isinstance(foreign, Refusal)
    assert foreign.code == "ruleset_unknown"
