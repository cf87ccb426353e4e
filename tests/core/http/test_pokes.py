import asyncio
import time

import httpx
from sqlalchemy import event

from core.contract.sync import Enrolment, Group
from core.http.app import create_app
from core.http.pokes import AT_ONCE, PAUSES_S, PER_S, Pokes
from core.service import devices
from core.store import feed
from core.store.database import Database
from tests.support.core import build_world
from tests.support.http import client_of, served, wall_clock


async def next_groups(listener, timeout_s: float) -> list[Group]:
    """What is heard within the time."""
    heard: list[Group] = []

    async def hear() -> None:
        while True:
            heard.extend(await listener.news(60))

    try:
        await asyncio.wait_for(hear(), timeout_s)
    except TimeoutError:
        pass
    return heard


def mark(database: Database, part: str) -> None:
    with database.write() as connection:
        feed.mark(connection, part, "position", "SKU-1")


async def test_a_commit_wakes_who_sees_the_partition_and_nobody_else(sqlite_database):
    pokes = Pokes(sqlite_database)
    mine, other = pokes.listen(["stock:a", "store:a"]), pokes.listen(["stock:b"])
    await asyncio.to_thread(mark, sqlite_database, "stock:a")
    assert await next_groups(mine, 0.2) == [Group.STOCK]
    assert await next_groups(other, 0.05) == []
    pokes.leave(mine)
    pokes.leave(other)


async def test_many_changes_are_one_poke(sqlite_database):
    pokes = Pokes(sqlite_database)
    listener = pokes.listen(["stock:a"])
    for _ in range(20):
        mark(sqlite_database, "stock:a")
    await asyncio.sleep(0.05)
    assert len(await next_groups(listener, 0.2)) == 1
    pokes.leave(listener)


async def test_a_commit_of_another_process_is_heard_within_a_second(database):
    """The other process is another Database on the same data: it shares no memory with the listeners."""
    pokes = Pokes(database)
    listener = pokes.listen(["stock:a"])
    await asyncio.sleep(0.5)
    elsewhere = Database(database.url.render_as_string(hide_password=False))
    await asyncio.to_thread(mark, elsewhere, "stock:a")
    elsewhere.close()
    assert await next_groups(listener, 1) == [Group.STOCK]
    pokes.leave(listener)


async def test_nobody_listening_costs_nothing(sqlite_database):
    pokes = Pokes(sqlite_database)
    listener = pokes.listen(["stock:a"])
    pokes.leave(listener)
    await asyncio.sleep(0)
    assert not [task for task in asyncio.all_tasks() if task.get_name() == "pokes"]
    mark(sqlite_database, "stock:a")


async def test_a_connected_tablet_hears_of_new_work_over_a_real_socket(sqlite_database):
    world = build_world(sqlite_database)
    code = devices.create_code(sqlite_database, world.lille, wall_clock())
    enrolment = devices.enrol(sqlite_database, devices.Applicant(code), wall_clock())
    assert isinstance(enrolment, Enrolment)
    headers = {"Authorization": f"Bearer {enrolment.access_token}"}
    with served(create_app(sqlite_database)) as address:
        url = f"{address}/sync/v1/events"
        async with httpx.AsyncClient(timeout=10) as client, client.stream("GET", url, headers=headers) as answer:
            lines = answer.aiter_lines()
            first = [await data(lines) for _ in Group]
            await asyncio.to_thread(mark, sqlite_database, feed.store_part(world.lille))
            started = time.monotonic()
            assert await data(lines) == "main"
            assert time.monotonic() - started < 1
    assert sorted(first) == sorted(Group)


async def data(lines) -> str:
    """Of the next event."""
    async for line in lines:
        if line.startswith("data: "):
            return line.removeprefix("data: ")
    raise AssertionError("the stream ended")


async def test_a_stopped_device_gets_no_stream(paired):
    devices.revoke(paired.database, paired.enrolment.device_id, paired.clock.at)
    async with client_of(paired.app, paired.token) as client:
        assert (await client.get("/sync/v1/events")).status_code == 403


async def test_a_change_that_all_hear_of_does_not_bring_all_at_once(sqlite_database):
    pokes = Pokes(sqlite_database)
    listeners = [pokes.listen([feed.ORG]) for _ in range(AT_ONCE + 100)]
    await asyncio.to_thread(mark, sqlite_database, feed.ORG)
    await asyncio.sleep(0.02)
    woken = [listener.has_news for listener in listeners]
    assert all(woken[:AT_ONCE])
    assert not any(woken[AT_ONCE + 50 :])
    await asyncio.sleep(100 / PER_S + 0.2)
    assert all(listener.has_news for listener in listeners)
    for listener in listeners:
        pokes.leave(listener)


async def test_changes_that_follow_each_other_gather_in_the_pause_after_a_poke(sqlite_database):
    pokes = Pokes(sqlite_database)
    listener = pokes.listen(["store:a", "stock:a"])
    heard: list[Group] = []

    async def hear() -> None:
        while True:
            heard.extend(await listener.news(60))

    hearing = asyncio.create_task(hear())
    for _ in range(10):
        for part in ("store:a", "stock:a"):
            await asyncio.to_thread(mark, sqlite_database, part)
        await asyncio.sleep(0.01)
    assert sorted(heard) == [Group.MAIN, Group.STOCK]
    await asyncio.sleep(PAUSES_S[Group.MAIN] + 0.2)
    assert sorted(heard) == [Group.MAIN, Group.MAIN, Group.STOCK]
    hearing.cancel()
    pokes.leave(listener)


async def test_what_this_process_told_is_not_looked_for_and_not_told_again(sqlite_database):
    pokes = Pokes(sqlite_database)
    since = pokes._snapshot()
    mark(sqlite_database, "stock:a")
    queries: list[str] = []
    event.listen(sqlite_database.engine, "before_cursor_execute", lambda *said: queries.append(said[2]))
    now, changed = pokes._changed(["stock:a"], since)
    assert (changed, len([query for query in queries if "sync_row" in query])) == (frozenset(), 0)
    elsewhere = Database(sqlite_database.url.render_as_string(hide_password=False))
    mark(elsewhere, "store:a")
    elsewhere.close()
    mark(sqlite_database, "stock:a")
    _, changed = pokes._changed(["stock:a", "store:a"], now)
    assert changed == {"store:a"}


async def test_what_another_process_changed_before_this_one_is_told_by_either(sqlite_database):
    pokes = Pokes(sqlite_database)
    since = pokes._snapshot()
    elsewhere = Database(sqlite_database.url.render_as_string(hide_password=False))
    mark(sqlite_database, "stock:a")
    mark(elsewhere, "stock:a")
    elsewhere.close()
    assert pokes._changed(["stock:a"], since)[1] == {"stock:a"}
