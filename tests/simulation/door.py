"""The core of a simulated day as the wire reaches it (`link.Server`), and what must hold of each request."""

from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING

from core.contract.sync import MAX_PUSH_BYTES, MAX_PUSH_COMMANDS
from core.service.devices import Device
from sync.store import Pulled
from tests.simulation.crash import Killed
from tests.simulation.link import STORAGE, CoreBroken, Link
from tests.simulation.network import Answer, CoreDied
from tests.simulation.violation import Violation

if TYPE_CHECKING:
    from tests.simulation.day import Day

ENVELOPE_BYTES = 1024
MOST_ASKED_BYTES = 64 * 1024


class Door:
    """The core may die at any statement of what it is asked. I13, I14: what is asked for and given at all."""

    def __init__(self, day: "Day") -> None:
        self._day = day

    @property
    def faults(self) -> Counter[str]:
        return self._day.faults

    def pull(self, device: Device, body: bytes) -> Answer:
        if len(body) > MOST_ASKED_BYTES:
            raise Violation("I14", f"{device.id} asks with {len(body)} bytes")
        if b'"files":0' not in body:
            self._day.endanger()  # the core may die while it builds the file
        return self._give(device, lambda: self._day.core.pull(device, body))

    def file(self, device: Device, id: str, start: int) -> Answer:
        return self._give(device, lambda: self._day.core.file(device, id, start))

    def push(self, device: Device, body: bytes) -> Answer:
        self._check(device, body)
        self._day.pushes += 1
        self._day.endanger()
        return self._give(device, lambda: [self._day.core.push(device, body)])

    def hand_over(self, device: Device, body: bytes) -> Answer:
        """Nothing is given to a tablet that was withdrawn, but an answer for what it gives."""
        self._check(device, body)
        self._day.endanger()
        return self._serve(lambda: [self._day.core.hand_over(device, body)])

    def wipe_ordered(self, link: Link) -> None:
        self._day.withdrawals.hears(link)

    def reach(self) -> None:
        if self._day.core_is_away:
            raise CoreDied

    def heard(self, tablet: str, cursor: str | None, pulled: Pulled) -> None:
        misfortune = self._day.misfortune
        if pulled.doubt and tablet not in misfortune.rotten:
            raise Violation("I3", f"the rows of {tablet} are not the core's, it says itself")
        if cursor is None or not (misfortune.unaware or misfortune.core_restored_at):
            return
        # An answer may still come from the history that was lost, after one that says nothing of it.
        (misfortune.unaware.discard if self._day.core.knows(cursor) else misfortune.unaware.add)(tablet)

    def _check(self, device: Device, body: bytes) -> None:
        if any(command_id.encode() in body for command_id in self._day.breaking):
            raise ConnectionError("this batch breaks the connection")
        if len(body) > MAX_PUSH_BYTES + ENVELOPE_BYTES or body.count(b'"arguments":') > MAX_PUSH_COMMANDS:
            raise Violation("I14", f"{device.id} pushes {len(body)} bytes at once")

    def _give(self, device: Device, work: Callable[[], Answer]) -> Answer:
        answer = self._serve(work)
        if device.id in self._day.withdrawals.revoked:
            raise Violation("I13", f"{device.id} is given something after it was withdrawn")
        return answer

    def _serve(self, work: Callable[[], Answer]) -> Answer:
        self.reach()
        try:
            return work()
        except STORAGE as full:
            raise CoreBroken from full
        except Killed:
            self._day.core_dies()
            raise CoreDied from None
