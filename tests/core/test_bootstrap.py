from core.bootstrap import make_app, read_settings
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
