from sqlalchemy import select

from core.service.cause import office_cause
from core.service.stock_notes import Note, note
from core.store import tables as t
from tests.support.core import NOW, build_world


def test_a_note_is_open_and_says_who_declared(database):
    world = build_world(database)
    with database.write() as connection:
        row = note(connection, office_cause(NOW, "usr-ana"), Note(world.lille, "SKU-1", 2, "lost", origin="offer"))
    with database.read() as connection:
        (kept,) = connection.execute(select(t.declarations)).mappings().all()
    assert dict(kept) == row
    assert (kept["state"], kept["declared_by"], kept["origin"], kept["units"]) == ("open", "usr-ana", "offer", 2)
