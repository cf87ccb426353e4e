"""Every window finds its device; what it shows depends on whether the device is paired."""

import asyncio
import logging
from pathlib import Path

import flet as ft
import pytest

from app.devices.scanning import Scan
from app.main import data_folder, show, ui_of, without_query
from app.store import preferences
from app.store.preferences import Preferences
from app.tablet import Tablets
from tests.support.flet_harness import device_info, flet_main
from tests.support.free_port import free_port


def test_data_lies_where_the_platform_wants_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLET_APP_STORAGE_DATA", str(tmp_path))
    assert data_folder(None) == tmp_path / "devices"
    assert data_folder(Path("here")) == Path("here/devices")
    monkeypatch.delenv("FLET_APP_STORAGE_DATA")
    assert data_folder(None) == Path(".comptoir/devices")


async def test_a_fresh_browser_profile_is_a_device_of_its_own_that_asks_to_be_paired(tmp_path: Path) -> None:
    tablets = Tablets(tmp_path, f"http://127.0.0.1:{free_port()}")
    async with flet_main(lambda page: show(page, tablets)) as h:
        await h.until(lambda: "Pair this device with a store" in h.texts())
    (folder,) = tmp_path.iterdir()
    await tablets.get(folder.name).stop()


async def test_a_fresh_device_opens_in_what_its_user_reads_until_a_language_is_chosen(tmp_path: Path) -> None:
    tablets = Tablets(tmp_path, f"http://127.0.0.1:{free_port()}")
    reads = {"get_device_info": lambda _: device_info("da", "fr", "en")}
    async with flet_main(lambda page: show(page, tablets), answers=reads) as h:
        await h.until(lambda: "Appairer cet appareil à un magasin" in h.texts())
    (folder,) = tmp_path.iterdir()
    with tablets.get(folder.name).database.write() as connection:
        preferences.write(connection, Preferences(language="de"))
    known = reads | {"get": lambda _: folder.name}
    async with flet_main(lambda page: show(page, tablets), answers=known) as h:
        await h.until(lambda: "Dieses Gerät mit einer Filiale koppeln" in h.texts())
    await tablets.get(folder.name).stop()


async def test_a_code_scanned_while_the_window_opens_is_read_by_its_first_screen(tmp_path: Path) -> None:
    tablets = Tablets(tmp_path, f"http://127.0.0.1:{free_port()}")
    scanned: list[asyncio.Task[None]] = []

    async def main(page: ft.Page) -> None:
        opening = asyncio.create_task(show(page, tablets))
        await asyncio.sleep(0)
        scanned.append(asyncio.create_task(page.data["ui"].scans.publish(Scan("4006381333931", "wedge"))))
        await opening

    async with flet_main(main) as h:
        await scanned[0]
        await h.until(lambda: "This is not a pairing code" in " ".join(h.texts()))
    (folder,) = tmp_path.iterdir()
    await tablets.get(folder.name).stop()


async def test_a_code_that_no_screen_takes_is_answered_in_words() -> None:
    async with flet_main(lambda page: page.add(ft.Text("settings"))) as h:
        ui = ui_of(h.page)
        ui.scans.subscribe(lambda _scan: None, lambda: False)
        await ui.scans.publish(Scan("4006381333931", "wedge"))
        assert "This screen takes no scans. Go back and scan again." in h.texts()
        assert ui.flash.said == ("warn", "This screen takes no scans. Go back and scan again.")


async def test_a_pairing_code_in_the_address_that_is_not_taken_says_why(tmp_path: Path) -> None:
    tablets = Tablets(tmp_path, f"http://127.0.0.1:{free_port()}")
    async with flet_main(lambda page: show(page, tablets), route="/?pair=ABCD") as h:
        await h.until(lambda: any("cannot be reached" in text for text in h.texts()))
    (folder,) = tmp_path.iterdir()
    await tablets.get(folder.name).stop()


def test_the_log_of_addresses_holds_no_pairing_code() -> None:
    record = logging.LogRecord(
        "uvicorn.access", logging.INFO, "", 0, '%s - "%s %s HTTP/%s" %d',
        ("1.2.3.4", "GET", "/?pair=Y9ZA5X7R", "1.1", 200), None,
    )  # fmt: skip
    assert without_query(record)
    assert record.getMessage() == '1.2.3.4 - "GET / HTTP/1.1" 200'


async def test_files_that_cannot_be_opened_are_a_sentence_instead_of_a_dead_page(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("where a folder should be")

    async def main(page: ft.Page) -> None:
        await show(page, Tablets(tmp_path / "file", "http://127.0.0.1:9"))

    async with flet_main(main) as h:
        assert h.find("storage-refused-text").value.startswith("The storage of this device is full or locked.")
        h.errors.clear()
