from dataclasses import replace

from core.store.collections import load_collections, of_order, save_collection
from core.store.database import Database
from tests.contract.examples import DOCUMENT_EXAMPLES
from tests.core.service.office import place
from tests.support.core import build_world


def test_what_is_loaded_is_what_was_saved(database: Database):
    world = build_world(database)
    made = place(database, world, {"SKU-1": 1})
    full = replace(DOCUMENT_EXAMPLES["collection"], order_id=made.order_id, location_id=world.lille)
    bare = replace(full, id="c-2", parts=(), lines=(), waiting=None, handed=None, ready_at=None, pick_up_by=None)
    with database.write() as connection:
        save_collection(connection, None, full)
        save_collection(connection, None, bare)
    with database.read() as connection:
        assert load_collections(connection, ["c-1", "c-2", "c-3"]) == {"c-1": full, "c-2": bare}
        assert of_order(connection, made.order_id) == [full, bare]
    after = replace(full, due_minor=0, waiting=None)
    with database.write() as connection:
        save_collection(connection, full, after)
    with database.read() as connection:
        assert load_collections(connection, ["c-1"], lock=False) == {"c-1": after}
