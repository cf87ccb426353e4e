from core.service.cause import id_maker, office_cause
from tests.support.core import NOW


def test_ids_of_one_cause_sort_as_they_were_made():
    make = id_maker(NOW)
    ids = [make() for _ in range(1000)]
    assert ids == sorted(ids)
    assert len(set(ids)) == 1000


def test_the_same_randomness_makes_the_same_ids():
    first, second = (id_maker(NOW, lambda size: b"\x07" * size) for _ in range(2))
    assert [first(), first()] == [second(), second()]


def test_at_head_office_things_happen_when_they_are_learned():
    cause = office_cause(NOW, "usr-ana")
    assert (cause.at, cause.received_at, cause.user_id, cause.device_id) == (NOW, NOW, "usr-ana", "")
