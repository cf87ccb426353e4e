"""Whoever asks why scanning is slow sees median and worst, of the camera and of what types, and who read."""

from app.components.scanner_facts import scan_facts
from app.devices.scanning import Timed
from app.i18n import translations


def test_what_was_scanned_is_told_in_milliseconds() -> None:
    seen = [
        Timed("camera", "EAN-13", reader, 100.0 * at, 10.0) for at, reader in ((1, "zbar"), (2, "zbar"), (9, "soft"))
    ]
    typed = [Timed("wedge", None, "", None, 7.0)]
    assert scan_facts(translations("en"), [*seen, *typed]) == [
        ("Camera: from the frame to the code", "3 scans: 200 ms, at worst 900 ms"),
        ("Camera: from the frame to the answer", "3 scans: 210 ms, at worst 910 ms"),
        ("From a code that was scanned or typed to the answer", "1 scan: 7 ms, at worst 7 ms"),
        ("Read by", "zbar 2, soft 1"),
    ]


def test_before_the_first_scan_it_says_so() -> None:
    assert [value for _, value in scan_facts(translations("en"), [])] == [
        "nothing was scanned since the app was opened"
    ]
