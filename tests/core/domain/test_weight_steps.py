from core.domain.weight_steps import step_at, step_or_last

STEPS = ((500, 200), (2_000, 390))


def test_the_first_step_that_is_not_too_light_counts():
    assert [step_at(STEPS, grams) for grams in (0, 500, 501, 2_000)] == [STEPS[0], STEPS[0], STEPS[1], STEPS[1]]


def test_beyond_the_last_step_there_is_none_or_the_last():
    assert (step_at(STEPS, 2_001), step_or_last(STEPS, 2_001)) == (None, STEPS[1])
    assert (step_at((), 1), step_or_last((), 1)) == (None, None)
