"""Keys survive a restart, are for their owner only, and are gone when they are forgotten."""

from pathlib import Path

from app.store.keys import DATA, FILE, PEPPER, FileKeys


async def test_keys_are_kept_for_their_owner_and_forgotten_for_good(tmp_path: Path) -> None:
    keys = FileKeys(tmp_path)
    assert keys.get(DATA) is None
    await keys.keep(DATA, b"d" * 32)
    await keys.keep(PEPPER, b"p" * 32)
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600
    again = FileKeys(tmp_path)
    assert (again.get(DATA), again.get(PEPPER)) == (b"d" * 32, b"p" * 32)
    await again.forget(DATA, "never kept")
    assert (again.get(DATA), FileKeys(tmp_path).get(DATA)) == (None, None)
    assert FileKeys(tmp_path).get(PEPPER) == b"p" * 32
