from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.desk import World, open_world, order


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Two orders: f1 wants two of sku0 and one of sku1, f2 wants one of sku0."""
    opened = open_world(tmp_path / "device", (order(1), order(2, (1,))))
    yield opened
    opened.database.close()
