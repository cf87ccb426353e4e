"""Waves: started offline by anybody, paused, taken over, finished."""

from app.actions import runs
from core.domain.lifecycle import FulfilmentState, RunState
from core.domain.runs import Method
from tests.support.desk import World


def start(world: World, *numbers: int) -> str:
    ids = [f"f{number}" for number in numbers]
    return runs.start_wave(world.desk(), ids, Method.MULTI).run_id


def test_a_wave_takes_its_orders_off_the_list(world: World) -> None:
    run_id = start(world, 1, 2)
    assert world.fulfilment(1).run_id == run_id
    assert world.fulfilment(1).state is FulfilmentState.PICKING
    assert world.document("run", run_id).pickers == ("ann",)
    assert world.commands() == ["StartRun"]


def test_a_double_tap_starts_one_run(world: World) -> None:
    first = runs.start_wave(world.desk(), ["f1"], Method.SINGLE, intent="tap")
    second = runs.start_wave(world.desk(), ["f1"], Method.SINGLE, intent="tap")
    assert second.outcome.code == "already_submitted"
    assert world.fulfilment(1).run_id == first.run_id


def test_colleagues_share_a_run_and_the_starter_holds_it(world: World) -> None:
    run_id = runs.start_wave(world.desk(), ["f1"], Method.MULTI, pickers=["bob", "ann"]).run_id
    assert world.document("run", run_id).pickers == ("ann", "bob")


def test_a_run_is_paused_and_taken_over_by_a_colleague(world: World) -> None:
    run_id = start(world, 1)
    assert runs.pause(world.desk(), run_id).code == "run_paused"
    assert runs.take_over(world.desk("bob"), run_id).code == "run_taken_over"
    run = world.document("run", run_id)
    assert (run.state, run.pickers[0]) == (RunState.ACTIVE, "bob")


def test_what_is_not_complete_goes_back_to_the_list(world: World) -> None:
    run_id = start(world, 1, 2)
    finished = runs.finish(world.desk(), run_id)
    assert finished.params() == {"open_orders": 2}
    assert world.fulfilment(1).run_id == ""
    assert world.fulfilment(1).state is FulfilmentState.OPEN


def test_a_run_number_is_short_and_has_no_look_alikes() -> None:
    number = runs.run_number("00000000-0000-7000-8000-0123456789ab")
    assert len(number) == 3
    assert not set(number) & set("IO01")
