"""Names that occur nowhere else: whoever finds one of them in a file has found personal data."""

from dataclasses import asdict
from pathlib import Path

from sqlalchemy import update

from core.domain.fulfilment import Address
from core.store import feed
from core.store import tables as t
from core.store.database import Database

CUSTOMER = Address(
    "Canaria Featherstone", "Birdcage Walk 77", "CNR-9XQ", "Aviaryville", "FR", "+33 6 98 76 54 32", "canaria@nest.test"
)
GIFT = "Sing, little Tweetheart"
WORDS = ("Canaria", "Featherstone", "Birdcage", "CNR-9XQ", "Aviaryville", "98 76 54 32", "nest.test", "Tweetheart")


def put_canary(database: Database, fulfilment_id: str, location_id: str) -> None:
    """From now on this is its customer, in the core."""
    with database.write() as connection:
        mine = update(t.fulfilments).where(t.fulfilments.c.id == fulfilment_id)
        connection.execute(mine.values(ship_to=asdict(CUSTOMER), gift_message=GIFT))
        feed.mark(connection, feed.store_part(location_id), "fulfilment", fulfilment_id)


def found_in(content: bytes) -> list[str]:
    """Canaries in the content, in any of the encodings a file may have."""
    return [w for w in WORDS if any(w.encode(encoding) in content for encoding in ("utf-8", "utf-16-le", "utf-16-be"))]


def found_under(folder: Path) -> list[str]:
    """ "name of the file: canary" for every one."""
    files = [file for file in folder.rglob("*") if file.is_file()]
    assert files
    return [f"{file.relative_to(folder)}: {word}" for file in files for word in found_in(file.read_bytes())]
