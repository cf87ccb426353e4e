"""Wrong turns around a core that was put back from a backup; the table is in `tests.simulation.mutants`."""

from typing import Any

from app.store import verdicts
from core.service import cursors, handing_over, sync, withdrawn
from tests.simulation.patching import patched


def tick_forgotten() -> Any:
    return patched(cursors, check_history=lambda connection, known: None)


def nothing_offered_again() -> Any:
    return patched(verdicts, offer_again=lambda raw: 0)


def history_ignored() -> Any:
    return patched(sync, check_history=lambda connection, known: None)


def withdrawal_forgotten() -> Any:
    return patched(withdrawn, withdraw_again=lambda database, path, at: 0)


def lost_with_the_wipe() -> Any:
    return patched(handing_over, check_history=lambda connection, known: None)
