"""Pick runs: start a wave, pause it, go on, take a colleague's over, finish it."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.actions.desk import Desk
from app.store import documents
from core.contract.commands import FinishRun, PauseRun, ResumeRun, StartRun, TakeOverRun
from core.domain.outcome import Outcome
from core.domain.runs import Method, PickRun

# Without letters and digits that sound or look alike.
ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


@dataclass(frozen=True, slots=True)
class Started:
    run_id: str
    outcome: Outcome


def start_wave(
    desk: Desk, fulfilment_ids: Sequence[str], method: Method, pickers: Sequence[str] = (), intent: str = ""
) -> Started:
    """A run of these orders for the person at the desk and, where named, colleagues."""
    run_id = desk.new_id()
    others = [picker for picker in pickers if picker != desk.user_id]
    arguments = StartRun(
        run_id=run_id,
        number=run_number(run_id),
        location_id=desk.location_id,
        method=method,
        fulfilment_ids=tuple(fulfilment_ids),
        pickers=(desk.user_id, *others),
    )
    return Started(run_id, desk.tell(arguments, intent))


def run_number(run_id: str) -> str:
    """Three characters to say aloud, from the random end of the id."""
    rest = int(run_id.replace("-", "")[-12:], 16)
    digits = ""
    for _ in range(3):
        rest, place = divmod(rest, len(ALPHABET))
        digits += ALPHABET[place]
    return digits


def pause(desk: Desk, run_id: str) -> Outcome:
    return desk.tell(PauseRun(run_id))


def resume(desk: Desk, run_id: str) -> Outcome:
    return desk.tell(ResumeRun(run_id))


def take_over(desk: Desk, run_id: str) -> Outcome:
    return desk.tell(TakeOverRun(run_id))


def finish(desk: Desk, run_id: str) -> Outcome:
    """What is not complete goes back to the work list."""
    with desk.database.read() as connection:
        run = documents.get(connection, ("run", run_id))
    ids = run.fulfilment_ids if isinstance(run, PickRun) else ()
    return desk.tell(FinishRun(run_id, ids))
