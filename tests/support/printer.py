"""A printer that remembers what it was given."""

from dataclasses import dataclass, field

from app.devices.printer import Printed, PrintOutcome


@dataclass
class FakePrinter:
    """`printed`: (kind, name, content) in order. Set `answer` to see how a screen treats a failure."""

    answer: PrintOutcome = field(default_factory=lambda: Printed("fake"))
    printed: list[tuple[str, str, bytes]] = field(default_factory=list)

    async def print_pdf(self, content: bytes, name: str) -> PrintOutcome:
        self.printed.append(("pdf", name, content))
        return self.answer

    async def print_zpl(self, content: bytes, name: str) -> PrintOutcome:
        self.printed.append(("zpl", name, content))
        return self.answer
