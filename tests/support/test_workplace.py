"""The store for screen tests is what it says: an order of every kind, and screens that stand in it."""

from pathlib import Path

import flet as ft

from app.actions import runs
from app.context import use_reader, use_store, use_workplace
from app.queries.work import Reader, wave, work_list
from app.ui import screen
from core.domain.outcome import Verdict
from core.domain.runs import Method
from core.domain.worklist import WorkFilter, WorkKind
from tests.support.workplace import shown, workplace


def test_the_work_list_has_work_of_every_kind(tmp_path: Path) -> None:
    place = workplace(tmp_path)
    reader = Reader("lille", "ann", "en")
    items = work_list(place.database, reader, place.now, WorkFilter()).items
    # What customers fetch has a store of its own (tests/app/screens/test_collect.py).
    assert {view.item.kind for view in items} == set(WorkKind) - {WorkKind.PUT_AWAY}
    assert len(items) == 13
    assert [view.who for view in items if view.item.kind is WorkKind.CONTINUE_RUN] == ["Bruno Martin", "Ann Peeters"]
    assert len(wave(place.database, reader, place.now).orders) == 6


@screen
def Bare() -> ft.View:
    store, reader, place = use_store(), use_reader(), use_workplace()
    assert store is not None
    return ft.View(route=ft.use_view_path(), controls=[ft.Text(f"{store.name} {reader.user_id} {place.clock():%H}")])


async def test_a_screen_stands_in_the_store(tmp_path: Path) -> None:
    async with shown(Bare, "/bare", workplace(tmp_path)) as h:
        assert "Lille Grand Place ann 09" in h.texts()


def test_a_verdict_reaches_the_attention_count(tmp_path: Path) -> None:

    place = workplace(tmp_path)
    runs.start_wave(place.desk, ["f1"], Method.SINGLE)
    place.changed("work")
    assert place.ui.sync.status.waiting == 1
    [(command_id, name)] = place.commands()
    assert name == "StartRun"
    place.judged(command_id, Verdict.ATTENTION, "already_in_run", orders=1)
    place.changed("work")
    assert (place.ui.sync.status.waiting, place.ui.sync.status.attention) == (0, 1)
