"""The state of the step machine: five lanes that run side by side, and what is known of the connection."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from core.contract.sync import MAX_PUSH_BYTES, MAX_PUSH_COMMANDS, Group
from sync.steps import Connection

PUSH, POKES, TOKEN = "push", "pokes", "token"
PULLS = tuple(group.value for group in Group)
CACHES = (Group.STOCK.value, Group.CATALOGUE.value)


@dataclass(frozen=True, slots=True)
class Lane:
    """At most one request in flight. Times are those of the `now` given to `step`.

    `wanted` with a `not_before` to come: a poll (`delay_s` 0, anything may bring it forward) or a backoff (nothing may
    but the associate's coming back). `old_token`: sent with a token that has been replaced since. `reset`: its cursor
    was dropped and no pull has ended well since, so that the same answer again is a fault of the core.
    """

    wanted: bool = False
    running: bool = False
    not_before: float = 0.0
    delay_s: float = 0.0
    old_token: bool = False
    reset: bool = False

    def asked(self) -> "Lane":
        """Wanted now, unless it backs off."""
        return replace(self, wanted=True, not_before=self.not_before if self.delay_s else 0.0)

    def due(self, now: float) -> bool:
        return self.wanted and not self.running and self.not_before <= now


@dataclass(frozen=True, slots=True)
class State:
    """`trial`: the token is new and nothing has proved it good yet. `alive`: the core answered since the last break."""

    connection: Connection = "connecting"
    foreground: bool = True
    listening: bool = False
    trial: bool = False
    alive: bool = True
    breaks: int = 0
    limit: int = MAX_PUSH_COMMANDS
    max_bytes: int = MAX_PUSH_BYTES
    lanes: Mapping[str, Lane] = field(default_factory=dict)

    def lane(self, name: str) -> Lane:
        return self.lanes.get(name, Lane())

    def put(self, name: str, lane: Lane) -> "State":
        return replace(self, lanes={**self.lanes, name: lane})

    def ask(self, *names: str) -> "State":
        state = self
        for name in names:
            state = state.put(name, state.lane(name).asked())
        return state

    def ask_push(self, queued: int) -> "State":
        return self.ask(PUSH) if queued else self
