"""Getting a paper printed from a screen: drawn in a thread, handed to the printer, and its outcome in a sentence."""

import asyncio
from dataclasses import dataclass
from typing import ClassVar

from app.context import Workplace
from app.devices.printer import PrintCancelled, Printed, PrintFailed, PrintOutcome
from app.i18n import Translations
from app.queries.paper import Draw, Paper
from app.theme import Meaning


@dataclass(frozen=True, slots=True)
class NothingToPrint:
    """What the paper is about is not known here any more."""

    code: ClassVar[str] = "nothing_to_print"


@dataclass(frozen=True, slots=True)
class AddressHidden:
    """The device may not read the customer's address until it is connected again."""

    code: ClassVar[str] = "address_hidden"


PaperOutcome = PrintOutcome | NothingToPrint | AddressHidden


async def print_paper(workplace: Workplace, draw: Draw | None) -> PaperOutcome:
    """About a second the first time, for the fonts. Never raises for what a printer refuses."""
    if draw is None:
        sealer = workplace.database.sealer
        return AddressHidden() if sealer and not sealer.reads_customers else NothingToPrint()
    paper: Paper = await asyncio.to_thread(draw)
    if paper.kind == "zpl":
        return await workplace.printer.print_zpl(paper.content, paper.name)
    return await workplace.printer.print_pdf(paper.content, paper.name)


def print_sentence(_: Translations, outcome: PaperOutcome) -> tuple[Meaning, str]:
    match outcome:
        case Printed():
            return "ok", _("Sent to the printer.")
        case PrintCancelled():
            return "warn", _("Printing was cancelled. Nothing was printed.")
        case PrintFailed(reason="storage"):
            return "error", _("The file could not be written: the device's storage is full or locked. Try again.")
        case PrintFailed():
            return "error", _("The printer did not answer. Try again, or save the file and print it later.")
        case AddressHidden():
            return "error", _("The address is hidden until this device is connected again. Connect it, then print.")
        case NothingToPrint():
            return "error", _("There is nothing to print: this work is not known any more.")


def report_sentence(_: Translations, outcome: PaperOutcome) -> tuple[Meaning, str]:
    """Of a report for support."""
    if isinstance(outcome, Printed):
        return "ok", _("The report was saved. Read it, then send it to support.")
    return "warn", _("The report was not saved.")
