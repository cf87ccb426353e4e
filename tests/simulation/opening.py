"""The core's database at the opening of every simulated day: made once, then copied, because migrating takes long."""

import shutil
from functools import cache
from pathlib import Path
from random import Random

from core.store.database import Database
from tests.simulation.head_office import HeadOffice
from tests.simulation.retailer import OPENING, open_shop, own_folder

Pairs = dict[str, tuple[str, str]]


def lay_out(path: Path) -> Pairs:
    """A core database with some orders in each store. Returns the fulfilments that head office writes in pairs."""
    template, pairs = _template()
    shutil.copyfile(template, path)
    return pairs


@cache
def _template() -> tuple[Path, Pairs]:
    path = own_folder() / "template.db"
    database = Database(f"sqlite:///{path}")
    database.upgrade()
    office = HeadOffice(Random(1), lambda: OPENING)
    with database.write() as connection:
        open_shop(connection)
        office.open_day(connection)
    database.close()  # the last connection moves the journal into the file
    return path, office.pairs
