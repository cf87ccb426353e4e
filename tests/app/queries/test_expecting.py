"""The division says whether it sells UPC-E and the store may say otherwise; before the first pull nobody has."""

from dataclasses import replace
from pathlib import Path

from app.queries.expecting import sells_upc_e
from tests.support import store_world as world
from tests.support.workplace import workplace


def test_the_division_decides_and_the_store_overrides(tmp_path: Path) -> None:
    place = workplace(tmp_path)
    assert not sells_upc_e(place.database, world.STORE_ID)
    place.pulled("division", *[replace(one, process={**one.process, "upc_e": True}) for one in world.DIVISIONS])
    assert sells_upc_e(place.database, world.STORE_ID)
    place.pulled("location", replace(world.LOCATION, process={**world.LOCATION.process, "upc_e": False}))
    assert not sells_upc_e(place.database, world.STORE_ID)


def test_before_the_first_pull_nothing_is_sold(tmp_path: Path) -> None:
    assert not sells_upc_e(workplace(tmp_path, filled=False).database, world.STORE_ID)
