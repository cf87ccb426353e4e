"""Past orders for replays: of one article, to a place where a store is near and a warehouse far."""

from datetime import date
from types import SimpleNamespace

from core.service.deciding import Case
from core.service.network import network_of
from core.service.replay_side import Past

DAY = date(2026, 5, 4)


def a_network(capacity=None):
    """A store near, a warehouse far."""
    rows = [
        SimpleNamespace(id="near", kind="store", country="FR", latitude=0.5, longitude=0.0, capacity_per_day=capacity),
        SimpleNamespace(id="far", kind="warehouse", country="FR", latitude=5.0, longitude=0.0, capacity_per_day=None),
    ]
    return network_of(rows, {}, {})


def orders(count, units=1, day=DAY):
    return [
        Past(f"o{n}", f"N{n}", day, Case((("l", "a", units),), {}, 0.0, 0.0, weights_g={"a": 1_000}))
        for n in range(count)
    ]
