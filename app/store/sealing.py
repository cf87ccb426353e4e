"""Brings a database that an older app wrote in the clear under this device's keys, without a trace left in the file."""

from app.store.codec import decode, encode
from app.store.database import Database, driver
from app.store.sealer import SEALED, Sealer


def seal_in_place(database: Database, sealer: Sealer) -> int:
    """How many rows were sealed. Takes moments: once, after the update of the app."""
    sealed = 0
    with database.write() as connection:
        raw = driver(connection)
        for table in ("document", "local_document"):
            places = ", ".join("?" * len(SEALED))
            query = f"SELECT entity, id, body FROM main.{table} WHERE entity IN ({places})"
            for entity, id, body in raw.execute(query, SEALED).fetchall():
                before = decode(entity, body)
                after = sealer.seal(entity, before)
                if after != before:
                    update = f"UPDATE main.{table} SET body = ? WHERE entity = ? AND id = ?"
                    sealed += raw.execute(update, (encode(after), entity, id)).rowcount
    if sealed:
        database.compact()
    return sealed
