from datetime import UTC, date, datetime

from core.domain.calendar import Calendar
from core.domain.promise import Method, MethodKind, Service, Zone
from core.domain.promise_default import Sender, by_default, departs
from core.domain.promise_dispatch import Rhythm
from core.domain.promise_reach import Target

ALWAYS = Calendar("UTC", (((0, 1440),),) * 7)
DELIVERS = Calendar("UTC", (((480, 1080),),) * 7)
SERVICE = Service(
    "s", "hexa", "standard", frozenset(range(7)), 1020, frozenset(range(7)), (480, 1080), 0, 0, 0, 0, 0,
    (Zone("FR", ("FR",), (1, 2), ()),),
)  # fmt: skip
METHOD = Method("m", "standard", MethodKind.HOME, SERVICE, {})
MONDAY = datetime(2026, 5, 4, 9, tzinfo=UTC)


def sender(id: str, minutes: int = 60, flags: tuple[str, ...] = ()) -> Sender:
    return Sender(id, "FR", Rhythm(ALWAYS, minutes, pickup_minutes=1020, flags=flags), (("A", 1),))


def test_the_last_part_says_when_it_leaves_and_arrives():
    soon, late = sender("soon"), sender("late", minutes=600)
    target = Target("FR", "69002")
    ways = [(one, departs(METHOD, one, DELIVERS, target, MONDAY)) for one in (soon, late)]
    option = by_default(METHOD, [(one, way) for one, way in ways if way], DELIVERS, ())
    assert option.target_at == datetime(2026, 5, 5, 17, tzinfo=UTC)
    assert option.day == date(2026, 5, 7)
    assert (option.earliest_at, option.latest_at) == (
        datetime(2026, 5, 6, 8, tzinfo=UTC),
        datetime(2026, 5, 7, 18, tzinfo=UTC),
    )
    assert [part.location_id for part in option.parts] == ["soon", "late"]
    assert option.cutoff_at == datetime(2026, 5, 4, 16, tzinfo=UTC), "the first that must begin"


def test_what_had_to_be_assumed_of_a_place_is_said_and_makes_it_later():
    unsure = sender("unsure", flags=("hours_unknown",))
    way = departs(METHOD, unsure, DELIVERS, Target("FR", "69002"), MONDAY)
    assert way is not None
    option = by_default(METHOD, [(unsure, way)], DELIVERS, ("country_assumed",))
    assert option.degraded == ("country_assumed", "hours_unknown", "method_by_default", "price_unknown")
    assert option.day == date(2026, 5, 8)


def test_where_the_service_does_not_go_nothing_departs():
    assert departs(METHOD, sender("soon"), DELIVERS, Target("DE", ""), MONDAY) is None
