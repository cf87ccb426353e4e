"""The walk is planned once and recounted; what changes more than counts plans it anew."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.actions import runs
from app.state.walks import Walks, process_of
from core.contract.sync import Group
from core.domain.process import ScanRule
from core.domain.runs import Method
from tests.support import device
from tests.support.desk import World, open_world, order


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    opened = open_world(tmp_path / "device", (order(1),))
    yield opened
    opened.database.close()


def test_a_walk_is_planned_once_until_it_is_forgotten(world: World) -> None:
    run_id = runs.start_wave(world.desk(), ["f1"], Method.MULTI).run_id
    walks = Walks()
    with world.database.read() as connection:
        first = walks.get(connection, run_id)
        assert walks.get(connection, run_id) is first
        walks.forget()
        assert walks.get(connection, run_id) == first


def test_a_run_that_is_not_known_has_no_walk(world: World) -> None:
    with world.database.read() as connection:
        assert Walks().get(connection, "nowhere") is None


def test_the_store_overrides_the_brand(world: World) -> None:
    division = replace(device.DIVISION, process={"scan": "first", "wave_size": 3})
    location = replace(device.LOCATION, process={"wave_size": 5})
    world.feed(Group.MAIN, device.put("division", division, ver=4), device.put("location", location, ver=4))
    with world.database.read() as connection:
        process = process_of(connection, "paris", order(1))
    assert (process.scan, process.wave_size) == (ScanRule.FIRST, 5)
