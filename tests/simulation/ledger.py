"""What people did with their hands, written down beside the system: the oracle of every simulated day.

Nothing here is read from an outbox, a feed or a table. A deed counts when the associate has seen it on the screen.
"""

from collections import Counter
from collections.abc import Set
from dataclasses import dataclass, field

from core.contract.commands import (
    COMMANDS,
    Arguments,
    HandOverCollection,
    Kind,
    PutBackItem,
    RecordLabel,
    ReturnToShelf,
    ScanItem,
)

ECHO = "echo-"  # of a handover that a colleague has noted already: nothing goes over the desk
Place = tuple[str, str]  # (fulfilment id, line id)


@dataclass(frozen=True, slots=True)
class Deed:
    command_id: str
    device: str  # name of the tablet
    arguments: Arguments

    @property
    def may_be_refused(self) -> bool:
        """What is asked for, and is no fact."""
        return COMMANDS[type(self.arguments).__name__].kind is not Kind.FACT


@dataclass
class Ledger:
    deeds: list[Deed] = field(default_factory=list)

    def write(self, deed: Deed) -> None:
        self.deeds.append(deed)

    def of(self, device: str) -> list[Deed]:
        return [deed for deed in self.deeds if deed.device == device]

    def picked(self, device: str | None = None, without: Set[str] = frozenset()) -> Counter[Place]:
        """Units scanned off the shelf per line, by everybody or on one tablet. `without`: command ids."""
        return self._units(ScanItem, device, without)

    def put_back(self, without: Set[str] = frozenset()) -> Counter[Place]:
        return self._units(PutBackItem, None, without)

    def in_hands(self) -> Counter[Place]:
        """Units somebody really holds, or that lie in a parcel."""
        held = self.picked()
        held.subtract(self.put_back())
        return held

    def handovers(self) -> list[HandOverCollection]:
        """Those that really happened, whatever was noted twice."""
        made = (deed.arguments for deed in self.deeds)
        return [one for one in made if isinstance(one, HandOverCollection) and not one.handover_id.startswith(ECHO)]

    def gone(self) -> Counter[Place]:
        """Units of (collection, line) that customers have, or that lie in the shop again."""
        units: Counter[Place] = Counter()
        for handover in self.handovers():
            units.update({(handover.collection_id, item.line_id): item.quantity for item in handover.items})
        for deed in self.deeds:
            if isinstance(deed.arguments, ReturnToShelf):
                units[deed.arguments.collection_id, deed.arguments.line_id] += deed.arguments.quantity
        return units

    def labels(self, without: Set[str] = frozenset()) -> Counter[Place]:
        """Labels printed per (fulfilment id, parcel id)."""
        printed: Counter[Place] = Counter()
        for deed in self.deeds:
            if isinstance(deed.arguments, RecordLabel) and deed.command_id not in without:
                printed[deed.arguments.fulfilment_id, deed.arguments.parcel_id] += 1
        return printed

    def _units(self, kind: type[ScanItem | PutBackItem], device: str | None, without: Set[str]) -> Counter[Place]:
        units: Counter[Place] = Counter()
        for deed in self.deeds:
            if isinstance(deed.arguments, kind) and device in (None, deed.device) and deed.command_id not in without:
                units[deed.arguments.fulfilment_id, deed.arguments.line_id] += deed.arguments.quantity
        return units
