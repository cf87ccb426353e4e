"""The core's database at the opening of every simulated day: made once, then copied, because migrating takes long."""

import shutil
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

from core.store.database import Database
from tests.simulation.customers import Customers, open_desks
from tests.simulation.head_office import HeadOffice
from tests.simulation.retailer import OPENING, open_shop, own_folder


@dataclass(frozen=True)
class Opening:
    """`pairs`: fulfilments that head office writes together, by store. `customers`: who ordered before the day."""

    path: Path
    pairs: dict[str, tuple[str, str]]
    customers: Customers


def lay_out(path: Path, fetching: bool) -> Opening:
    """A core database with some orders in each store; where `fetching`, also with things that customers fetch there."""
    made = _template(fetching)
    shutil.copyfile(made.path, path)
    return made


@cache
def _template(fetching: bool) -> Opening:
    path = own_folder() / f"template-{fetching}.db"
    database = Database(f"sqlite:///{path}")
    database.upgrade()
    office, customers = HeadOffice(Random(1), lambda: OPENING), Customers(Random(3), lambda: OPENING)
    with database.write() as connection:
        open_shop(connection)
        office.open_day(connection)
        if fetching:
            open_desks(connection)
            customers.open_day(connection)
    database.close()  # the last connection moves the journal into the file
    return Opening(path, office.pairs, customers)
