"""What the core refused or flagged is said in words and stays until a person has dealt with it."""

from pathlib import Path

from app.screens.attention import AttentionScreen
from app.store import outbox
from core.contract.commands import How, ScanItem
from core.domain.outcome import Verdict
from tests.support.workplace import Place, shown, workplace

PHONE = (360, 740)


def judged(tmp_path: Path, language: str = "en") -> tuple[Place, str, str]:
    """A flagged scan, a rejected one, and one that waits."""
    place = workplace(tmp_path, language=language)
    for sku in ("f1-AL-1001", "f1-AL-1003", "f1-AL-1003"):
        place.tell(ScanItem("f1", sku, 1, How.WEDGE))
    (flagged, _), (rejected, _), _ = place.commands()
    place.judged(flagged, Verdict.ATTENTION, "over_picked", surplus=1)
    place.judged(rejected, Verdict.REJECTED, "internal")
    place.changed("work")
    return place, flagged, rejected


async def test_each_item_says_what_it_was_and_what_the_core_said(tmp_path: Path) -> None:
    place, flagged, _rejected = judged(tmp_path)
    async with shown(AttentionScreen, "/attention", place, size=PHONE) as h:
        texts = h.texts()
        assert texts.count("Article picked: K001") == 3
        said = h.find(f"attention-{flagged}-text").value
        assert said.startswith("1 unit too many is in hand")
        assert {"It counts, and somebody must look at it.", "It did not take effect."} <= set(texts)
        assert "1 waiting to be sent" in texts
        assert "2 need attention" in texts


async def test_an_item_is_closed_with_a_note_only(tmp_path: Path) -> None:
    place, flagged, _rejected = judged(tmp_path)
    async with shown(AttentionScreen, "/attention", place) as h:
        await h.click(f"attention-{flagged}-done-button")
        assert h.find("attention-done-button").disabled
        await h.type("attention-note-field", "Put one back on the shelf")
        await h.click("attention-done-button")
        assert not h.has(f"attention-{flagged}-row")
        assert "1 needs attention" in h.texts()
    with place.database.read() as connection:
        row = connection.exec_driver_sql(
            "SELECT dismissed_by, dismiss_note FROM command WHERE id = ?", (flagged,)
        ).fetchone()
    assert tuple(row or ()) == ("ann", "Put one back on the shelf")


async def test_what_the_core_could_not_process_is_said_again(tmp_path: Path) -> None:
    place, flagged, rejected = judged(tmp_path)
    async with shown(AttentionScreen, "/attention", place) as h:
        assert not h.has(f"attention-{flagged}-retry-button")
        await h.click(f"attention-{rejected}-retry-button")
        assert not h.has(f"attention-{rejected}-row")
        assert "2 waiting to be sent" in h.texts()
    with place.database.read() as connection:
        assert outbox.waiting(connection) == 2


async def test_nothing_to_settle_is_said_and_it_draws_from_right_to_left(tmp_path: Path) -> None:
    place, flagged, _rejected = judged(tmp_path, language="ar")
    async with shown(AttentionScreen, "/attention", place, size=PHONE) as h:
        assert h.has(f"attention-{flagged}-row")
    async with shown(AttentionScreen, "/attention", workplace(tmp_path / "other")) as h:
        assert "Nothing to settle" in h.texts()
