"""What people did with their hands, written down beside the system: the oracle of every simulated day.

Nothing here is read from an outbox, a feed or a table. A deed counts when the associate has seen it on the screen.
"""

from collections import Counter
from collections.abc import Set
from dataclasses import dataclass, field

from core.contract.commands import Arguments, ClaimOffer, DeclineOffer, PutBackItem, RecordLabel, ReleaseClaim, ScanItem

Place = tuple[str, str]  # (fulfilment id, line id)


@dataclass(frozen=True, slots=True)
class Deed:
    command_id: str
    device: str  # name of the tablet
    arguments: Arguments

    @property
    def may_be_refused(self) -> bool:
        """What is asked for, and is no fact."""
        return isinstance(self.arguments, ClaimOffer | DeclineOffer | ReleaseClaim)


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
