"""Wrong turns of click & collect; the table is in `tests.simulation.mutants`."""

from dataclasses import replace
from typing import Any

from core.domain import collecting
from core.service import collection_effects, messages, payments, retention
from tests.simulation.patching import patched


def handed_again() -> Any:
    usual = collecting.hand_over

    def hand_over(collection: Any, works: Any, handover: Any) -> Any:
        after, changed, outcome = usual(collection, works, handover)
        for item in handover.items:
            line, was = after.line(item.line_id), collection.line(item.line_id)
            if line is not None and was is not None:
                after = after.with_line(replace(line, handed=was.handed + item.quantity))
        return after, changed, outcome

    return patched(collecting, hand_over=hand_over)


def refunded_again() -> Any:
    usual = collection_effects._refuse

    def refuse(*facts: Any) -> None:
        usual(*facts)
        usual(*facts)

    return patched(collection_effects, _refuse=refuse)


def late_handover_forgotten() -> Any:
    """What a tablet tells when time was over is refunded with all the rest."""
    return patched(collection_effects, kept_after_all=lambda old, new: {})


def told_again() -> Any:
    usual = messages.queue

    def queue(*facts: Any) -> str:
        usual(*facts)
        return usual(*facts)

    return patched(messages, queue=queue)


def cash_forgotten() -> Any:
    return patched(payments, taken_before=lambda connection, asked: None, give_back=lambda *_: None)


def names_kept() -> Any:
    return patched(retention, _withdraw_collections=lambda connection, at: 0)
