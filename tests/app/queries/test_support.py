"""Support is told what waits and why, and is told nothing about anybody."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from app.logs import Entry
from app.queries.support import About, report, unsent
from app.state import SyncStatus
from core.contract.commands import How, ScanItem
from tests.support import canaries
from tests.support import store_world as world
from tests.support.workplace import Place, workplace


def working(tmp_path: Path) -> Place:
    place = workplace(tmp_path)
    orders = [replace(o, ship_to=canaries.CUSTOMER, gift_message=canaries.GIFT) for o in world.orders()]
    place.pulled("fulfilment", *orders)
    for line in orders[0].lines[:1] * 4:
        place.tell(ScanItem(orders[0].id, line.id, 1, How.TAP, "97 Canaria"))
    later = (place.now + timedelta(minutes=5)).isoformat()
    with place.database.write() as connection:
        connection.exec_driver_sql("UPDATE command SET held_until = ? WHERE seq = 1", (later,))
        connection.exec_driver_sql("UPDATE command SET tries = 2 WHERE seq = 2")
        connection.exec_driver_sql("UPDATE command SET state = 'answered' WHERE seq = 3")
    return place


def test_what_is_unsent_is_told_by_why(tmp_path: Path) -> None:
    place = working(tmp_path)
    found = [(one.why, one.count) for one in unsent(place.database, place.now)]
    assert found == [("on_hold", 1), ("asked_before", 1), ("answered", 1), ("new", 1)]
    assert unsent(place.database, place.now)[0].oldest_at == place.now


def test_the_report_says_how_the_device_is_doing_and_names_nobody(tmp_path: Path) -> None:
    place = working(tmp_path)
    entry = Entry("2026-03-02", "ERROR", "app", "failed", "ValueError", ("app/x.py:1 f",))
    about = About("device-7", 7, world.STORE_ID, "all", SyncStatus("offline", place.now, 4, 1), (entry,))
    content = report(place.database, about, place.now)
    told = json.loads(content)
    assert (told["device"]["number"], told["sync"]["waiting"], told["rows"]["fulfilment"]) == (
        7,
        4,
        len(world.orders()),
    )
    assert [action["why"] for action in told["unsettled"]] == ["on_hold", "asked_before", "answered", "new"]
    assert told["log"][0]["fault"] == "ValueError"
    assert told["cursors"]["stock"][0]["has_cursor"] == 1
    assert canaries.found_in(content) == []
    people = [user.name for user in world.users()] + [user.login for user in world.users()]
    assert not [name for name in people if f'"{name}"' in content.decode()]
