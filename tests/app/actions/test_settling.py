"""What was refused is done with by a person, once, or said again as a new command."""

from pathlib import Path

from app.actions import settling
from core.contract.commands import How, ScanItem
from core.domain.outcome import Verdict
from tests.support.workplace import Place, workplace


def refused(tmp_path: Path) -> tuple[Place, str]:
    place = workplace(tmp_path)
    place.tell(ScanItem("f1", "f1-AL-1001", 1, How.WEDGE))
    [(command_id, _)] = place.commands()
    place.judged(command_id, Verdict.REJECTED, "internal")
    return place, command_id


def test_it_is_dealt_with_once(tmp_path: Path) -> None:
    place, command_id = refused(tmp_path)
    assert settling.dismiss(place.desk, command_id, "told head office")
    assert not settling.dismiss(place.desk, command_id, "again")


def test_the_same_said_again_takes_effect_again(tmp_path: Path) -> None:
    place, command_id = refused(tmp_path)
    assert place.order("f1").lines[0].picked == 0
    assert settling.retry(place.desk, command_id).code == "line_complete"
    assert place.order("f1").lines[0].picked == 1
    assert settling.retry(place.desk, command_id).code == "already_submitted"
