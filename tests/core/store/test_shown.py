"""That what was shown is not read again, and what has changed is: `tests/core/service/test_pull_costs.py`."""

from datetime import timedelta
from typing import Any

import pytest

from core.store import render, shown
from core.store.feed import Change
from tests.support.core import NOW, build_world

NOBODY: Any = None  # a connection that is asked for nothing


class Tables:
    """Answers with how often it was asked."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked: list[list[str]] = []
        monkeypatch.setattr(render, "bodies", self.bodies)

    def bodies(self, connection, entity, part, ids):
        self.asked.append(list(ids))
        return {id: (id, len(self.asked)) for id in ids if id != "gone"}


def change(id: str, ver: int = 1, entity: str = "fulfilment") -> Change:
    return Change(entity, "store:a", id, ver, False)


@pytest.fixture
def tables(monkeypatch):
    return Tables(monkeypatch)


def test_only_what_was_not_shown_is_read(tables):
    kept = shown.Shown()
    first = kept.bodies(NOBODY, "fulfilment", "store:a", [change("f-1")], NOW)
    both = kept.bodies(NOBODY, "fulfilment", "store:a", [change("f-1"), change("f-2")], NOW)
    assert tables.asked == [["f-1"], ["f-2"]]
    assert (first["f-1"], both["f-1"], both["f-2"]) == (("f-1", 1), ("f-1", 1), ("f-2", 2))


@pytest.mark.parametrize(
    ("entity", "part", "ver", "at"),
    [
        ("fulfilment", "store:a", 2, NOW),
        ("fulfilment", "store:b", 1, NOW),
        ("run", "store:a", 1, NOW),
        ("fulfilment", "store:a", 1, NOW + shown.KEPT),
        ("fulfilment", "store:a", 1, NOW - timedelta(days=1)),  # the core's clock was set back
    ],
)
def test_another_version_partition_entity_or_moment_is_read(tables, entity, part, ver, at):
    kept = shown.Shown()
    kept.bodies(NOBODY, "fulfilment", "store:a", [change("f-1")], NOW)
    kept.bodies(NOBODY, entity, part, [change("f-1", ver)], at)
    assert len(tables.asked) == 2


def test_what_is_not_there_or_not_shared_is_asked_for_every_time(tables):
    kept = shown.Shown()
    for _ in range(2):
        assert kept.bodies(NOBODY, "fulfilment", "store:a", [change("gone")], NOW) == {}
        kept.bodies(NOBODY, "user", "store:a", [change("u-1", entity="user")], NOW)
    assert len(tables.asked) == 4


def test_who_begins_with_very_much_leaves_nothing_behind(tables):
    kept, many = shown.Shown(), [change(str(number)) for number in range(shown.FEW + 1)]
    for _ in range(2):
        kept.bodies(NOBODY, "fulfilment", "store:a", many, NOW)
    assert len(tables.asked) == 2


def test_no_more_is_kept_than_was_said_and_the_oldest_goes(tables, monkeypatch):
    monkeypatch.setattr(shown, "MOST", 2)
    kept = shown.Shown()
    for id in ("f-1", "f-2", "f-3", "f-3", "f-1"):
        kept.bodies(NOBODY, "fulfilment", "store:a", [change(id)], NOW)
    assert tables.asked == [["f-1"], ["f-2"], ["f-3"], ["f-1"]]


def test_each_database_has_what_was_shown_of_it(database):
    build_world(database)
    assert shown.of(database) is shown.of(database)
    assert shown.of(database) is not shown.of(type(database)(database.url.render_as_string(hide_password=False)))
