"""What stands in front of the work: pairing, then signing in; the address is kept meanwhile."""

from pathlib import Path
from typing import Any

import flet as ft

from app.context import provide_workplace
from app.routes import Gate
from app.ui import provide
from tests.support.flet_harness import flet_app
from tests.support.workplace import Place, workplace


def app_of(place: Place) -> Any:
    @ft.component
    def App() -> Any:
        return provide(place.ui, lambda: provide_workplace(place.workplace, Gate))

    return App


async def test_nobody_works_before_pairing_and_signing_in(tmp_path: Path) -> None:
    place = workplace(tmp_path)
    async with flet_app(app_of(place)) as h:
        assert "Work list" in h.texts()
        place.session.user_id = ""
        await h.settle()
        assert "Who works here?" in h.texts()
        place.session.identity = None
        await h.settle()
        assert "Pair this device with a store" in h.texts()


async def test_every_route_is_drawn_for_something_that_does_not_exist_any_more(tmp_path: Path) -> None:
    place = workplace(tmp_path)
    async with flet_app(app_of(place)) as h:
        for address in (
            "run/x",
            "put-back/x",
            "order/x",
            "pack/x",
            "handover/x",
            "wave",
            "handover",
            "attention",
            "collect",
            "collect/x",
            "offers",
            "offers/x",
            "collect/x/hand-over",
        ):
            await h.go(f"/{address}")
            assert h.texts()
        await h.go("/no/such/place")
        assert "Work list" in h.texts()


async def test_a_device_that_was_switched_off_shows_no_work(tmp_path: Path) -> None:
    place = workplace(tmp_path)
    async with flet_app(app_of(place)) as h:
        place.session.blocked = "device_revoked"
        await h.settle()
        assert "This device was switched off" in h.texts()
        assert "Work list" not in h.texts()
