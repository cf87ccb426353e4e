from datetime import timedelta

from core.service import closures
from core.service.cause import office_cause
from core.service.closed_times import closed_places, spans_by_place
from core.service.closures import Closing
from core.store.database import Database
from tests.support.core import NOW, build_world


def test_a_place_is_closed_from_the_first_moment_until_before_the_last(database: Database):
    world = build_world(database)
    until = NOW + timedelta(hours=2)
    with database.write() as connection:
        closures.close(connection, office_cause(NOW), Closing(world.lyon, NOW, until))
        assert closed_places(connection, NOW - timedelta(seconds=1)) == frozenset()
        assert closed_places(connection, NOW) == frozenset({world.lyon})
        assert closed_places(connection, until) == frozenset()
        assert spans_by_place(connection, NOW) == {world.lyon: [(NOW, until)]}
        assert spans_by_place(connection, until) == {}
