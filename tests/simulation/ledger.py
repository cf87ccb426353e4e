"""What people did with their hands, written down beside the system: the oracle of every simulated day.

Nothing here is read from an outbox, a feed or a table. A deed counts when the associate has seen it on the screen.
"""

from collections import Counter
from dataclasses import dataclass, field

from core.contract.commands import Arguments, ClaimOffer, PutBackItem, RecordLabel, ScanItem

Place = tuple[str, str]  # (fulfilment id, line id)


@dataclass(frozen=True, slots=True)
class Deed:
    command_id: str
    device: str  # name of the tablet
    arguments: Arguments

    @property
    def is_claim(self) -> bool:
        return isinstance(self.arguments, ClaimOffer)


@dataclass
class Ledger:
    """`set_aside`: commands a fault in the core keeps from taking effect until head office replays them."""

    deeds: list[Deed] = field(default_factory=list)
    set_aside: set[str] = field(default_factory=set)

    def write(self, deed: Deed) -> None:
        self.deeds.append(deed)

    def of(self, device: str) -> list[Deed]:
        return [deed for deed in self.deeds if deed.device == device]

    def picked(self, device: str | None = None) -> Counter[Place]:
        """Units scanned off the shelf per line, by everybody or on one tablet."""
        return self._units(ScanItem, device)

    def put_back(self, device: str | None = None) -> Counter[Place]:
        return self._units(PutBackItem, device)

    def in_hands(self) -> Counter[Place]:
        """Units somebody really holds, or that lie in a parcel."""
        held = self.picked()
        held.subtract(self.put_back())
        return held

    def labels(self) -> Counter[Place]:
        """Labels printed per (fulfilment id, parcel id)."""
        printed: Counter[Place] = Counter()
        for deed in self._effective():
            if isinstance(deed.arguments, RecordLabel):
                printed[deed.arguments.fulfilment_id, deed.arguments.parcel_id] += 1
        return printed

    def effective_picked(self) -> Counter[Place]:
        """As the core must count once everything has arrived."""
        return self._units(ScanItem, None, effective=True)

    def effective_put_back(self) -> Counter[Place]:
        return self._units(PutBackItem, None, effective=True)

    def _effective(self) -> list[Deed]:
        return [deed for deed in self.deeds if deed.command_id not in self.set_aside]

    def _units(self, kind: type[ScanItem | PutBackItem], device: str | None, effective: bool = False) -> Counter[Place]:
        units: Counter[Place] = Counter()
        for deed in self._effective() if effective else self.deeds:
            if isinstance(deed.arguments, kind) and device in (None, deed.device):
                units[deed.arguments.fulfilment_id, deed.arguments.line_id] += deed.arguments.quantity
        return units
