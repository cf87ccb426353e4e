"""What support asks for: how this device is doing, without anything personal."""

from dataclasses import dataclass

from app.store.database import Database


@dataclass(frozen=True, slots=True)
class DeviceView:
    """`size_bytes`: of the device's folder."""

    folder: str
    size_bytes: int
    articles: int
    orders: int


def device_view(database: Database) -> DeviceView:
    folder = database.folder
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    with database.read() as connection:
        articles = connection.exec_driver_sql("SELECT count(*) FROM catalogue.variant").scalar_one()
        orders = connection.exec_driver_sql("SELECT count(*) FROM document WHERE entity = 'fulfilment'").scalar_one()
    return DeviceView(str(folder), size, articles, orders)
