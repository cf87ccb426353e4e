from datetime import UTC, datetime
from random import Random

from tests.simulation.network import Call, CoreDied, Network, Weather


class Talk:
    """A tablet that asks once, and a core that answers in three pieces."""

    def __init__(self, weather: Weather, seed: int = 1) -> None:
        self.network = Network(Random(seed), datetime(2026, 1, 1, tzinfo=UTC), weather)
        self.served = 0
        self.heard: list[bytes] = []
        self.ended: list[Exception | None] = []

    def serve(self) -> list[bytes]:
        self.served += 1
        return [b"1", b"2", b"3"]

    def run(self) -> "Talk":
        self.network.send(Call(self.serve, self.heard.append, self.ended.append))
        self.network.run(120_000)
        assert self.network.idle
        return self


def test_in_good_weather_an_answer_arrives_once_and_whole():
    talk = Talk(Weather()).run()
    assert (talk.served, talk.heard, talk.ended) == (1, [b"1", b"2", b"3"], [None])


def test_a_lost_request_is_never_served_and_the_tablet_learns_that_it_failed():
    talk = Talk(Weather(lose=1)).run()
    assert talk.served == 0
    assert len(talk.ended) == 1
    assert talk.ended[0] is not None


def test_a_doubled_request_is_served_twice_and_answered_once():
    talk = Talk(Weather(double=1)).run()
    assert (talk.served, talk.heard, talk.ended) == (2, [b"1", b"2", b"3"], [None])


def test_a_cut_stream_lacks_its_last_piece_and_may_look_complete():
    talks = [Talk(Weather(cut=1), seed).run() for seed in range(10)]
    assert all(len(talk.heard) < 3 for talk in talks)
    assert {type(talk.ended[0]) for talk in talks} == {ConnectionError, type(None)}


def test_a_request_may_arrive_after_the_tablet_has_given_it_up():
    talks = [Talk(Weather(slow=1), seed).run() for seed in range(30)]
    late = [talk for talk in talks if isinstance(talk.ended[0], TimeoutError) and talk.served]
    assert late
    assert all(talk.heard == [] or talk.heard == [b"1", b"2", b"3"][: len(talk.heard)] for talk in late)


def test_a_core_that_dies_at_work_leaves_a_fault():
    talk = Talk(Weather())

    def die() -> list[bytes]:
        raise CoreDied

    talk.serve = die  # type: ignore[method-assign]
    assert isinstance(talk.run().ended[0], CoreDied)
