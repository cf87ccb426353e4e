"""Support gets numbers, not names."""

from pathlib import Path

from app.queries.device import device_view
from tests.support import store_world as world
from tests.support.workplace import workplace


def test_a_device_tells_how_much_it_holds(tmp_path: Path) -> None:
    place = workplace(tmp_path)
    view = device_view(place.database)
    assert (view.articles, view.orders) == (len(world.VARIANTS), len(world.orders()))
    assert view.size_bytes > 10_000
