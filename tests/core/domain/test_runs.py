from dataclasses import replace

from core.domain.lifecycle import FulfilmentState, RunState
from core.domain.picking import pick, report_short
from core.domain.runs import (
    AlreadyInRun,
    RunFinished,
    RunOver,
    RunPaused,
    RunResumed,
    RunStarted,
    RunTakenOver,
    all_done,
    can_start,
    finish,
    pause,
    resume,
    start,
    take_over,
)
from tests.support.orders import NOON, a_run, an_order, cancelled, line_of, picked


def orders_of(*orders):
    return {order.id: order for order in orders}


def test_a_run_takes_its_orders_and_gives_them_back():
    orders = orders_of(an_order("f1"), an_order("f2"))
    run, changed, told = start(a_run("f1", "f2"), orders)
    assert told == RunStarted(2)
    assert {(f.run_id, f.state) for f in changed.values()} == {("r1", FulfilmentState.PICKING)}
    changed["f1"] = picked(changed["f1"])
    run, after, finished = finish(run, changed, NOON)
    assert (finished, run.state, run.finished_at) == (RunFinished(1), RunState.FINISHED, NOON)
    assert {f.id: (f.run_id, f.state) for f in after.values()} == {
        "f1": ("", FulfilmentState.PICKED), "f2": ("", FulfilmentState.OPEN),
    }  # fmt: skip


def test_counts_of_an_unfinished_order_stay():
    _, changed, _ = start(a_run("f1"), orders_of(an_order("f1")))
    begun, _ = pick(changed["f1"], "l1", 1)
    _, after, _ = finish(a_run("f1"), {"f1": begun}, NOON)
    assert (line_of(after["f1"], "l1").picked, after["f1"].state) == (1, FulfilmentState.PICKING)
    assert can_start(after["f1"], "another")
    shorted, _ = report_short(changed["f1"], "l1", 1, "lost")
    _, after, _ = finish(a_run("f1"), {"f1": shorted}, NOON)
    assert after["f1"].state is FulfilmentState.PICKING


def test_what_a_run_cannot_have_is_left_and_named():
    orders = orders_of(
        an_order("free"),
        an_order("held", hold="x"),
        an_order("elsewhere", run_id="r9"),
        cancelled(an_order("cancelled")),
        picked(an_order("picked")),
    )
    run, changed, told = start(a_run(*orders, "unknown"), orders)
    assert told == AlreadyInRun(5)
    assert (run.fulfilment_ids, set(changed)) == (("free",), {"free"})
    assert run.left == ("held", "elsewhere", "cancelled", "picked", "unknown")


def test_an_order_asked_for_twice_is_in_the_run_once():
    run, _, told = start(a_run("f1", "f1"), orders_of(an_order("f1")))
    assert (run.fulfilment_ids, run.left, run.totes, told) == (("f1",), (), ("f1",), RunStarted(1))


def test_starting_again_changes_nothing():
    run, changed, _ = start(a_run("f1"), orders_of(an_order("f1")))
    assert start(run, changed) == (run, changed, RunStarted(1))


def test_pause_resume_and_take_over():
    run, told = pause(a_run("f1"))
    assert (run.state, told) == (RunState.PAUSED, RunPaused())
    assert resume(run) == (a_run("f1"), RunResumed())
    taken, answer = take_over(run, "bob")
    assert (taken.state, taken.pickers, answer) == (RunState.ACTIVE, ("bob", "ada"), RunTakenOver())
    assert take_over(taken, "ada")[0].pickers == ("ada", "bob")


def test_a_finished_run_is_over():
    run, _, _ = finish(a_run("f1"), {}, NOON)
    assert [pause(run), resume(run), take_over(run, "bob")] == [(run, RunOver())] * 3
    assert finish(run, {}, NOON) == (run, {}, RunOver())


def test_finishing_leaves_orders_of_another_run_alone():
    theirs = replace(an_order("f1"), run_id="r9")
    _, changed, told = finish(a_run("f1"), {"f1": theirs}, NOON)
    assert (changed, told) == ({}, RunFinished(0))


def test_a_run_is_done_when_every_order_is_found_short_or_closed():
    assert all_done([picked(an_order()), cancelled(an_order())])
    assert not all_done([picked(an_order()), an_order("f2")])
