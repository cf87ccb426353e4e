"""Wrong turns about who a tablet is: copied, paired again, withdrawn; the table is in `tests.simulation.mutants`."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from app.wiping import Wiping
from core.service import copied, devices, handing_over
from sync import leaving
from tests.simulation.patching import patched


@contextmanager
def copy_unnoticed() -> Iterator[None]:
    with (
        patched(copied, numbers_came_twice=lambda connection, device, commands: None),
        patched(copied, check=lambda connection, device, last_seq, at: None),
    ):
        yield


def answers_orphaned() -> Any:
    return patched(copied, rehome=lambda connection, command_id, former_id, device: False)


def verdicts_later() -> Any:
    return patched(copied, bring_along=lambda database, device, waiting: None)


def wiped_unheard() -> Any:
    async def nothing(wiping: Any, rounds: int) -> tuple[int, tuple[int, ...]]:
        return 0, ()

    return patched(Wiping, _hand_all_over=nothing)


@contextmanager
def given_up_at_once() -> Iterator[None]:
    usual = leaving._failed

    def failed(state: leaving.State, event: leaving.NotTaken, random: float) -> leaving.Step:
        if event.sent == 0:
            return usual(state, event, random)
        left = replace(state, left=state.left + event.sent)
        return left, (*[leaving.PassOver()] * event.sent, leaving.HandOver(state.limit))

    with patched(leaving, _failed=failed, ROUNDS=1):
        yield


def handed_to_nobody() -> Any:
    return patched(handing_over, SHUT_OUT=replace(handing_over.SHUT_OUT, kept=False))


def withdrawn_served() -> Any:
    usual = devices._judged

    def judged(row: Any, said: Any, at: Any) -> Any:
        return usual(row and SimpleNamespace(**{**row._mapping, "state": "active"}), said, at)

    return patched(devices, _judged=judged)


def copies_told_late() -> Any:
    """Of what two tablets hold the second one hears when it pushes it, after the rows with its effect."""
    usual, rehome = copied.bring_along, copied.rehome

    def bring_along(database: Any, device: Any, waiting: Any) -> None:
        with patched(copied, rehome=lambda *of: rehome(*of) or True):
            usual(database, device, waiting)

    return patched(copied, bring_along=bring_along)
