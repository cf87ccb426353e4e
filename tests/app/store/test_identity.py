from pathlib import Path

import msgspec
import pytest

from app.store.identity import FileIdentity
from sync.identity import Credentials

KNOWN = Credentials("http://core", "dev-1", 7, "paris", "3012345", "access", "refresh")


def test_an_identity_is_kept_for_its_owner_only(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    assert FileIdentity(folder).load() is None
    FileIdentity(folder).save(KNOWN)
    assert FileIdentity(folder).load() == KNOWN
    assert [(p.name, p.stat().st_mode & 0o777) for p in folder.iterdir()] == [("identity.json", 0o600)]


def test_a_damaged_identity_is_a_fault_and_not_a_new_device(tmp_path: Path) -> None:
    (tmp_path / "identity.json").write_text("{")
    with pytest.raises(msgspec.DecodeError):
        FileIdentity(tmp_path).load()
