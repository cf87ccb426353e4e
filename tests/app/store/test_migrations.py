from app.store import migrations
from app.store.database import Database
from app.store.tables import METADATA
from core.contract.sync import Group
from tests.support.device import database

__all__ = ["database"]


def test_every_table_is_made_in_its_file(database: Database) -> None:
    with database.read() as connection:
        for table in METADATA.sorted_tables:
            schema = table.schema or "main"
            found = connection.exec_driver_sql(
                f"SELECT count(*) FROM {schema}.sqlite_master WHERE name = ?", (table.name,)
            )
            assert found.scalar_one() == 1
        assert connection.exec_driver_sql("PRAGMA user_version").scalar_one() == migrations.MAIN_VERSION


def test_an_old_cache_is_dropped(database: Database) -> None:
    with database.merging(Group.STOCK) as connection:
        connection.exec_driver_sql("PRAGMA stock.user_version = 77")
    database.close()
    again = Database.open(database.folder)
    assert again.report.dropped == (Group.STOCK,)
    again.close()
