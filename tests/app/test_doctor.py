"""The doctor tells what is there and what is missing, and how to get it."""

from pathlib import Path

import pytest

from app import doctor


def test_this_machine_has_all_that_is_needed():
    assert [finding.name for finding in doctor.diagnose() if finding.needed and not finding.present] == []


def test_a_data_folder_that_cannot_be_made_is_a_finding(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    monkeypatch.setenv("FLET_APP_STORAGE_DATA", str(blocked / "data"))
    assert doctor.data_folder().verdict == "MISSING"


def test_a_catalogue_that_is_not_compiled_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    source = tmp_path / "locales/fr/LC_MESSAGES/messages.po"
    source.parent.mkdir(parents=True)
    source.write_text("")
    monkeypatch.setattr(doctor, "ROOT", tmp_path)
    assert doctor.locales().detail == "languages: fr; not compiled: fr"
    source.with_suffix(".mo").write_text("")
    assert doctor.locales().present
