from pathlib import Path

import pytest

from app.devices.printer import (
    DownloadPrinter,
    FilePrinter,
    PrintCancelled,
    Printed,
    Printer,
    PrintFailed,
    file_name,
)
from tests.support.printer import FakePrinter


async def test_a_pdf_is_kept_and_shown(tmp_path):
    shown: list[Path] = []
    printer: Printer = FilePrinter(tmp_path / "print", shown.append)
    outcome = await printer.print_pdf(b"%PDF", "A-4F7K label")
    path = tmp_path / "print" / "A-4F7K label.pdf"
    assert outcome == Printed(str(path))
    assert path.read_bytes() == b"%PDF"
    assert shown == [path]


async def test_a_zpl_is_kept_whole_and_not_shown(tmp_path):
    shown: list[Path] = []
    await FilePrinter(tmp_path, shown.append).print_zpl(b"^XA^XZ", "A-4F7K")
    assert [path.name for path in tmp_path.iterdir()] == ["A-4F7K.zpl"]
    assert shown == []


async def test_a_folder_that_cannot_be_written_is_a_value(tmp_path):
    (tmp_path / "file").write_text("in the way")
    outcome = await FilePrinter(tmp_path / "file", print).print_pdf(b"%PDF", "x")
    assert isinstance(outcome, PrintFailed)
    assert outcome.reason == "storage"


async def test_a_missing_viewer_is_told_and_the_file_is_kept(tmp_path):
    def no_viewer(path: Path) -> None:
        raise FileNotFoundError("xdg-open")

    outcome = await FilePrinter(tmp_path, no_viewer).print_pdf(b"%PDF", "x")
    assert outcome == PrintFailed("platform", "xdg-open")
    assert (tmp_path / "x.pdf").exists()


async def test_a_browser_gets_name_and_bytes_and_its_none_is_no_cancellation():
    saved = []

    async def save_file(*, file_name, src_bytes):
        saved.append((file_name, src_bytes))

    assert await DownloadPrinter(save_file, is_none_cancelled=False).print_pdf(b"%PDF", "x") == Printed("")
    assert await DownloadPrinter(save_file, is_none_cancelled=True).print_zpl(b"^XA", "x") == PrintCancelled()
    assert saved == [("x.pdf", b"%PDF"), ("x.zpl", b"^XA")]


async def test_a_client_that_is_gone_is_a_value():
    async def save_file(*, file_name, src_bytes):
        raise TimeoutError("no answer")

    outcome = await DownloadPrinter(save_file, is_none_cancelled=False).print_pdf(b"%PDF", "x")
    assert outcome == PrintFailed("platform", "no answer")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("étiquette 1", "étiquette 1.pdf"),
        ("../../etc/passwd", "etc-passwd.pdf"),
        ("a:b*c?", "a-b-c.pdf"),
        ("...", "document.pdf"),
        ("", "document.pdf"),
        ("x" * 500, "x" * 100 + ".pdf"),
    ],
)
def test_no_name_leaves_the_folder(name, expected):
    assert file_name(name, "pdf") == expected


async def test_the_fake_remembers_and_answers_what_it_is_told():
    printer = FakePrinter(answer=PrintCancelled())
    as_port: Printer = printer
    assert await as_port.print_zpl(b"^XA", "x") == PrintCancelled()
    assert printer.printed == [("zpl", "x", b"^XA")]
