"""What a parcel costs by its weight: steps of a carrier's price grid, for promises and for sourcing alike.

A step is (up to so many grams, minor units); steps rise. The first one that is not too light counts.
"""

from collections.abc import Sequence

Steps = Sequence[tuple[int, int]]


def step_at(steps: Steps, grams: int) -> tuple[int, int] | None:
    """None: the parcel is heavier than the last step."""
    return next((step for step in steps if grams <= step[0]), None)


def step_or_last(steps: Steps, grams: int) -> tuple[int, int] | None:
    """Beyond the last step as in it. None: there are no steps."""
    return step_at(steps, grams) or (steps[-1] if steps else None)
