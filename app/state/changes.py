"""Says that something on a topic changed, so that only the screens that show it read the database again."""

from dataclasses import dataclass, field

import flet as ft


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
