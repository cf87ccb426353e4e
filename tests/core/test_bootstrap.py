import time

from core.bootstrap import make_app, make_worker, read_settings
from core.jobs.worker import running
from tests.core.service.shops import build_shops, offered_order, offers_of
from tests.support.http import client_of


async def test_a_new_folder_becomes_a_core_that_answers(tmp_path, monkeypatch):
    monkeypatch.setenv("COMPTOIR_DATA", str(tmp_path / "new"))
    monkeypatch.delenv("COMPTOIR_DATABASE_URL", raising=False)
    app = make_app()
    async with client_of(app) as client:
        assert (await client.get("/health")).json() == {"status": "ok"}
    app.state.core.database.close()
    assert (tmp_path / "new" / "core.db").exists()


def test_data_lies_beside_the_work_unless_told(monkeypatch):
    monkeypatch.delenv("COMPTOIR_DATA", raising=False)
    monkeypatch.delenv("COMPTOIR_DATABASE_URL", raising=False)
    assert read_settings().database_url.endswith("/.comptoir/core.db")


def test_the_worker_of_the_core_moves_offers_on_by_the_clock_on_the_wall(sqlite_database):
    world = build_shops(sqlite_database)
    order_id = offered_order(sqlite_database, world)
    # The test's orders are older than any rule allows: every timer is due.
    with running(make_worker(sqlite_database)):
        deadline = time.monotonic() + 90
        while offers_of(sqlite_database, order_id)[0].state == "open":
            assert time.monotonic() < deadline
            time.sleep(0.05)
    assert offers_of(sqlite_database, order_id)[0].state == "expired"
