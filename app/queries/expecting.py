"""What the division sells decides what a scanner looks for."""

from app.state.walks import process_of
from app.store.database import Database
from app.store.references import Missing


def sells_upc_e(database: Database, location_id: str) -> bool:
    """False until the first pull has come."""
    with database.read() as connection:
        try:
            return process_of(connection, location_id, None).upc_e
        except Missing:
            return False
