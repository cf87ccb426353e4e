import numpy as np
import pytest

from core.domain.globe import metres_between


def test_one_place_and_many_are_as_far():
    latitudes, longitudes = np.array([90.0, 48.85, 0.0]), np.array([0.0, 2.35, 0.0])
    many = metres_between(45.76, 4.84, latitudes, longitudes, np)
    one = [metres_between(45.76, 4.84, *place) for place in zip(latitudes.tolist(), longitudes.tolist(), strict=True)]
    assert many.tolist() == pytest.approx(one)
    assert one[1] == pytest.approx(391_500, rel=0.005)  # Lyon to Paris
    assert metres_between(0.0, 0.0, 90.0, 0.0) == pytest.approx(10_007_543)
