import sqlite3
from pathlib import Path

from app.store.connecting import connect, engine_of, open_cache, open_main, with_journals
from core.contract.sync import Group


def test_no_schema_is_trusted_and_a_confirmed_scan_is_safe(tmp_path: Path) -> None:
    for raw in (connect(tmp_path / "a.db"), open_main(tmp_path / "b.db"), open_cache(tmp_path / "c.db", Group.STOCK)):
        assert raw.execute("PRAGMA trusted_schema").fetchone() == (0,)
        raw.close()
    main = open_main(tmp_path / "b.db")
    assert main.execute("PRAGMA synchronous").fetchone() == (2,)
    main.close()


def test_a_cache_is_attached_under_its_name(tmp_path: Path) -> None:
    raw = open_cache(tmp_path / "c.db", Group.STOCK)
    raw.execute("CREATE TABLE stock.t (a)")
    assert raw.execute("PRAGMA stock.journal_mode").fetchone() == ("wal",)
    raw.close()
    assert [path.name for path in with_journals(tmp_path / "c.db")] == ["c.db", "c.db-wal", "c.db-shm"]


def test_a_transaction_begins_as_it_is_told(tmp_path: Path) -> None:
    begun: list[str] = []

    def opened() -> sqlite3.Connection:
        raw = connect(tmp_path / "a.db")
        raw.set_trace_callback(begun.append)
        return raw

    with engine_of(opened, "BEGIN IMMEDIATE").begin():
        pass
    assert begun[-2:] == ["BEGIN IMMEDIATE", "COMMIT"]
