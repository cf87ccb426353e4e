"""A pick run is started with what the process suggests, or with what a person chose by hand."""

from pathlib import Path

from app.screens.wave import WaveScreen
from app.store import documents
from core.contract.commands import StartRun
from core.domain.runs import Method, PickRun
from tests.support import store_world as world
from tests.support.flet_harness import Harness
from tests.support.workplace import Place, shown, workplace

PHONE = (360, 740)


def started(place: Place) -> PickRun:
    with place.database.read() as connection:
        runs = [run for run in documents.all(connection, "run") if run.id not in ("run-a", "run-b")]
    assert len(runs) == 1
    return runs[0]


async def start(h: Harness) -> None:
    await h.click("wave-start-button")
    await h.until(lambda: h.page.route.startswith("/run/"))


async def test_the_next_wave_is_chosen_and_one_press_starts_it(tmp_path: Path) -> None:
    place = workplace(tmp_path)
    async with shown(WaveScreen, "/wave", place, size=PHONE) as h:
        assert "Start with 6 orders" in h.texts()
        await start(h)
        assert h.page.route == f"/run/{started(place).id}"
    run = started(place)
    assert run.fulfilment_ids == ("f13", "f1", "f2", "f3", "f4", "f5")
    assert (run.method, run.pickers) == (Method.MULTI, ("ann",))
    assert place.link.nudged


async def test_an_order_of_the_work_list_is_chosen_alone(tmp_path: Path) -> None:
    place = workplace(tmp_path)
    async with shown(WaveScreen, "/wave", place, route="/wave?order=f2") as h:
        assert "Start with 1 order" in h.texts()
        await start(h)
    assert (started(place).fulfilment_ids, started(place).method) == (("f2",), Method.SINGLE)


async def test_orders_method_and_helpers_are_chosen_by_hand(tmp_path: Path) -> None:
    place = workplace(tmp_path)
    async with shown(WaveScreen, "/wave", place) as h:
        await h.click("wave-none-button")
        assert h.find("wave-start-button").disabled
        await h.click("wave-f3-row")
        await h.click("wave-f4-row")
        await h.click("wave-f3-row")
        await h.click("reason-batch-button")
        await h.fire("wave-bruno-chip", "select", True)
        await start(h)
    run = started(place)
    assert (run.fulfilment_ids, run.method, run.pickers) == (("f4",), Method.BATCH, ("ann", "bruno"))


async def test_an_order_that_a_colleague_took_meanwhile_is_left_out(tmp_path: Path) -> None:
    place = workplace(tmp_path)
    async with shown(WaveScreen, "/wave", place) as h:
        place.tell(StartRun("other", "ZZZ", "lille", Method.SINGLE, ("f1",), ("bruno",)))
        place.changed("work")
        await h.settle()
        assert "Start with 5 orders" in h.texts()
        assert not h.has("wave-f1-row")


async def test_a_double_press_starts_one_run(tmp_path: Path) -> None:
    place = workplace(tmp_path)
    async with shown(WaveScreen, "/wave", place) as h:
        button = h.find("wave-start-button")
        await h.session.dispatch_event(button._i, "click", None)
        await h.session.dispatch_event(button._i, "click", None)
        await h.settle()
    assert [name for _, name in place.commands()] == ["StartRun"]


async def test_who_may_not_pick_is_told_so_and_an_empty_store_too(tmp_path: Path) -> None:
    place = workplace(tmp_path)
    place.gone("fulfilment", *[f.id for f in world.orders()])
    async with shown(WaveScreen, "/wave", place) as h:
        assert "No order is free" in h.texts()
        place.pulled("user", *place.without("pick"))
        place.changed("people")
        await h.settle()
        assert "You may not pick here" in h.texts()
        assert not h.has("wave-start-button")


async def test_it_draws_from_right_to_left(tmp_path: Path) -> None:
    async with shown(WaveScreen, "/wave", workplace(tmp_path, language="ar"), size=PHONE) as h:
        assert h.has("wave-f1-row")
