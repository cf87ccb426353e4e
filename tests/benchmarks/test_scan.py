"""The bench counts what is read and what is misread, and refuses a folder that does not say what it shows."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from typer.exceptions import TyperException

from tests.benchmarks import scan, scan_live
from tests.benchmarks.command import measure
from tests.support.barcode_clip import ean13, on_table


def folder_of(folder: Path, rows: list[tuple[str, str, str]]) -> Path:
    for image, _, text in rows:
        picture = on_table(ean13(text)) if text else np.full((200, 300), 90, dtype=np.uint8)
        (folder / image).parent.mkdir(exist_ok=True)
        cv2.imwrite(str(folder / image), picture)
    lines = ["image,format,text", *(",".join(row) for row in rows)]
    (folder / "expected.csv").write_text("\n".join(lines) + "\n")
    return folder


def test_a_folder_of_ones_own_is_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scan, "CLIP_FRAMES", 3)
    monkeypatch.setattr(scan_live, "clips", list)
    monkeypatch.setattr(scan_live, "first_reads_vs_zxing", lambda _told: 1.0)
    folder = folder_of(tmp_path, [("ean/a.png", "EAN-13", "4006381333931"), ("none/b.png", "", "")])
    report = scan.run(folder, turns=(0, 90), frames=2)
    assert set(scan.BUDGETS) <= set(report.ratios)
    assert (report.ratios["device_rate"], report.ratios["misreads"]) == (1.0, 0.0)
    assert report.figures["folders"]["ean"]["device"]["rate"] == {"0": 1.0, "90": 1.0}
    assert report.figures["reads"] == 4


def test_a_wrong_number_is_a_misread(tmp_path: Path) -> None:
    tally = scan.Tally()
    shot = scan.Shot("a.png", 0, "2", np.zeros((2, 2), dtype=np.uint8))
    scan._measure(tally, lambda picture: ["1", "2"], shot)
    assert (tally.read[0], tally.wrong) == ([True], ["a.png at 0: 1"])


def test_a_folder_without_its_list_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TyperException, match=r"expected\.csv"):
        measure("scan", tmp_path)
    with pytest.raises(TyperException, match="no folder"):
        measure("atp", tmp_path)
