from sync.lanes import PUSH, Lane, State


def test_asking_brings_a_poll_forward_but_not_a_backoff() -> None:
    assert Lane(wanted=True, not_before=50).asked().due(now=1)
    assert not Lane(wanted=True, not_before=50, delay_s=3).asked().due(now=1)
    assert Lane(wanted=True, not_before=50, delay_s=3).asked().due(now=50)


def test_a_running_lane_is_not_due() -> None:
    assert not Lane(running=True).asked().due(now=1)


def test_an_empty_queue_asks_for_nothing() -> None:
    assert State().ask_push(0) == State()
    assert State().ask_push(3).lane(PUSH).wanted
