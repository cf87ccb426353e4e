"""One tablet of the simulated day: the real store on real files, the real actions, and a process that can die.

The wire is in `tests.simulation.link`; here is what an associate touches. After a death the app starts again on the
same files, and the associate looks at the screen to see what counted.
"""

import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import TypeVar

from app.actions import picking
from app.actions.desk import Desk as ActionDesk
from app.state.walks import Walks
from app.store import documents, references
from app.store.database import Database, driver
from app.store.documents import Where
from core.contract.commands import Arguments, HandOverCollection, How
from core.contract.ids import uuid7
from core.contract.sync import WIRE
from core.domain.collection import Collection
from core.domain.outcome import Outcome
from tests.simulation.associate import Desk
from tests.simulation.crash import Fuse
from tests.simulation.ledger import Place
from tests.simulation.retailer import own_folder

T = TypeVar("T")


@cache
def _new_files() -> Path:
    """The files of a tablet that was just installed: made once, because making tables takes longer than a deed."""
    folder = own_folder() / "installed"
    Database.open(folder).close()
    return folder


@dataclass
class Tablet:
    """`clock` is true time; `skew` is by how much the tablet's own clock is wrong."""

    name: str
    device_id: str
    location_id: str
    number: int
    user_id: str
    folder: Path
    rng: Random
    clock: Callable[[], datetime]
    skew: timedelta = timedelta()
    fuse: Fuse = field(default_factory=Fuse)
    starts: int = 0
    wire: int = WIRE  # of the app that is installed

    def now(self) -> datetime:
        return self.clock() + self.skew

    def start(self) -> None:
        """Opens the files as a fresh process does."""
        self.fuse.bury()
        self.starts += 1
        if not self.folder.exists():
            shutil.copytree(_new_files(), self.folder)
        with self.fuse.inside():
            self.database = Database.open(self.folder)
        self.walks = Walks()

    def replace_files(self, backup: Path) -> None:
        """The files are those of the backup, and the app starts on them."""
        self.fuse.bury()
        shutil.rmtree(self.folder)
        shutil.copytree(backup, self.folder)
        self.start()

    def new_id(self) -> str:
        return uuid7(self.now(), self.rng.randbytes(10))

    def desk(self, in_hands: Counter[Place], gone: Counter[Place], handed: list[HandOverCollection]) -> Desk:
        """What the screens show, and what people know besides (`tests.simulation.associate.Desk`)."""
        with self.fuse.watched(), self.database.read() as connection:
            return Desk(
                location_id=self.location_id,
                user_id=self.user_id,
                now=self.now(),
                fulfilments=documents.all(connection, "fulfilment", Where(is_open=True)),
                runs=documents.all(connection, "run", Where(is_open=True)),
                manifests=documents.all(connection, "manifest", Where(is_open=True)),
                offers=references.offers(connection),
                in_hands=in_hands,
                collections=documents.all(connection, "collection", Where(is_open=True)),
                gone=gone,
                handed=handed,
            )

    def tell(self, arguments: Arguments, intent: str) -> Outcome:
        """Through the desk, as the actions of every screen do. Raises Killed."""
        with self.fuse.inside():
            return self._action_desk().tell(arguments, intent)

    def scan(self, run_id: str, gtin: str, intent: str) -> Outcome:
        """An article is scanned in a pick run: the app says for whom it counts. Raises Killed."""
        with self.fuse.inside():
            return picking.scan(self._action_desk(), picking.Aim(run_id, None), gtin, How.WEDGE, intent)

    def _action_desk(self) -> ActionDesk:
        return ActionDesk(
            self.database, self.walks, self.location_id, self.number, "0000000", self.user_id, self.now, self.new_id
        )

    def shown(self) -> Counter[Place]:
        """Units picked per line, as the screens show them."""
        counted: Counter[Place] = Counter()
        with self.fuse.watched(), self.database.read() as connection:
            for fulfilment in documents.all(connection, "fulfilment"):
                counted.update({(fulfilment.id, line.id): line.picked for line in fulfilment.lines})
        return counted

    def collections(self) -> list[Collection]:
        """As its screens show them, over or not."""
        with self.fuse.watched(), self.database.read() as connection:
            return documents.all(connection, "collection")

    def outbox(self) -> dict[str, str]:
        """State of every command this tablet holds, by command id, in the order they were made."""
        with self.fuse.watched(), self.database.read() as connection:
            return dict(driver(connection).execute("SELECT id, state FROM command ORDER BY seq").fetchall())

    def code_of(self, command_id: str) -> str:
        """What its associate is told of it, "" while it is not decided."""
        with self.fuse.watched(), self.database.read() as connection:
            found = driver(connection).execute("SELECT code FROM command WHERE id = ?", (command_id,)).fetchone()
        return found[0] if found else ""

    def base(self) -> dict[tuple[str, str], tuple[int, bytes]]:
        """(version, body) of every row the core sent in the main group, by (entity, id)."""
        with self.fuse.watched(), self.database.read() as connection:
            rows = driver(connection).execute("SELECT entity, id, ver, body FROM document").fetchall()
        return {(entity, id): (ver, body) for entity, id, ver, body in rows}
