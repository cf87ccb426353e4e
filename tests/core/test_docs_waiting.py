"""The example of docs/rulesets.md about waiting for tomorrow's stock is played as the page says."""

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select, update

from core.service import inbound
from core.service.cause import office_cause
from core.service.inbound import Expected
from core.store import tables as t
from core.store.database import Database
from tests.core.service.office import fulfilments_of, place
from tests.core.service.test_postponing import live
from tests.support.core import NOW, build_world

PAGE = (Path(__file__).parents[2] / "docs" / "rulesets.md").read_text(encoding="utf-8")
SKUS = {"shirt": "SKU-1", "belt": "SKU-2"}


def example() -> Any:
    found = re.search(r"```json waiting\n(.*?)```", PAGE, re.DOTALL)
    assert found
    return json.loads(found.group(1))


def by_place(rows: list[tuple[str, str, int]]) -> dict[str, dict[str, int]]:
    names = {sku: name for name, sku in SKUS.items()}
    found: dict[str, dict[str, int]] = {}
    for location_id, sku, units in rows:
        found.setdefault(location_id.removeprefix("loc-"), {})[names[sku]] = units
    return found


def test_the_example_about_waiting_is_played_as_the_page_says(database: Database):
    world, page = build_world(database), example()
    p, h, coming = t.positions.c, t.waiting_holds.c, page["announced"]
    live(database, world, page["ruleset"])
    at = NOW + timedelta(days=coming["days"])
    with database.write() as connection:
        for name, units in page["stock"].items():
            for article, on_hand in units.items():
                here = update(t.positions).where(p.location_id == f"loc-{name}", p.sku == SKUS[article])
                connection.execute(here.values(on_hand=on_hand))
        expected = Expected(f"loc-{coming['place']}", SKUS[coming["article"]], coming["units"], at)
        row: Any = inbound.expect(connection, office_cause(NOW), expected)
    order_id = place(database, world, {SKUS[name]: units for name, units in page["order"].items()}).order_id
    assert fulfilments_of(database, order_id) == []
    with database.read() as connection:
        held = connection.execute(select(h.location_id, h.sku, h.units)).all()
    assert by_place([tuple(one) for one in held]) == page["held"]
    other = place(database, world, {SKUS[name]: units for name, units in page["meanwhile"].items()})
    assert (fulfilments_of(database, other.order_id), other.missing_units) == ([], 1)
    with database.write() as connection:
        inbound.receive(connection, office_cause(at), row["id"], row["version"], coming["units"])
    sent = [
        (one.location_id, line.sku, line.quantity) for one in fulfilments_of(database, order_id) for line in one.lines
    ]
    assert by_place(sent) == page["then"]
