"""Says that something on a topic changed, so that only the screens that show it read the database again."""

from collections.abc import Collection
from dataclasses import dataclass, field

import flet as ft

# What stands on screens of a topic, by entities of the feed.
TOPICS = {
    "work": frozenset(
        {"fulfilment", "run", "manifest", "collection", "offer", "verdict", "reason", "location", "division"}
    ),
    "people": frozenset({"user", "location", "division", "carrier", "packaging", "reason"}),
    "offers": frozenset({"offer", "verdict", "reason", "location"}),
    "stock": frozenset({"position"}),
    "catalogue": frozenset({"variant"}),
}


def topics_of(entities: Collection[str]) -> list[str]:
    return [topic for topic, shown in TOPICS.items() if not shown.isdisjoint(entities)]


@dataclass(eq=False)
class Topic(ft.Observable):
    """One subject of the device's database ("picks", "offers"); its version grows with every committed change."""

    name: str
    version: int = 0


@dataclass
class Changes:
    """One version per topic. Actions name the topics they changed; screens name the topics they show."""

    _topics: dict[str, Topic] = field(default_factory=dict)

    def topic(self, name: str) -> Topic:
        return self._topics.setdefault(name, Topic(name))

    def bump(self, *names: str) -> None:
        """Call after the transaction committed, inside the page's context (an event handler, or `page.run_task`)."""
        for name in names:
            self.topic(name).version += 1

    def bump_all(self) -> None:
        """Everything may have changed: a snapshot was loaded, the database was replaced."""
        self.bump(*self._topics)
