"""What is not wanted any more goes back, unit by unit or all at once, and then the screen says that it is done."""

from pathlib import Path

from app.devices.scanning import Scan
from app.screens.put_back import PutBackScreen
from core.domain.fulfilment import to_put_back
from tests.support import store_world as world
from tests.support.workplace import shown, workplace

PHONE = (360, 740)


async def test_articles_go_back_by_scan_and_wrong_ones_do_not(tmp_path: Path) -> None:
    place = workplace(tmp_path)
    async with shown(PutBackScreen, "/put-back/:id", place, route="/put-back/f9", size=PHONE) as h:
        assert {"Put back K009", "B Men, place B-03", "2 units"} <= set(h.texts())
        await place.ui.scans.publish(Scan(world.gtin13("NO-2003"), "wedge"))
        await h.settle()
        assert "Put back. 1 more to put back." in h.texts()
        await place.ui.scans.publish(Scan(world.gtin13("AL-1004"), "wedge"))
        await h.settle()
        assert any("Suede boots Arras" in text and "expected is" in text for text in h.texts())
        assert place.feedback.given == ["ok", "error"]
    assert to_put_back(place.order("f9")) == 2


async def test_all_at_once_ends_in_a_done_state(tmp_path: Path) -> None:
    place = workplace(tmp_path)
    place.offline()
    async with shown(PutBackScreen, "/put-back/:id", place, route="/put-back/f9") as h:
        await h.click("put-back-all-button")
        assert "All on the shelf" in h.texts()
        await h.click("put-back-done-button")
        await h.until(lambda: h.page.route == "/")
    assert [name for _, name in place.commands()] == ["PutBackItem", "PutBackItem"]
    assert to_put_back(place.order("f9")) == 0


async def test_who_may_not_pick_sees_it_and_cannot_do_it(tmp_path: Path) -> None:
    place = workplace(tmp_path)
    place.pulled("user", *place.without("pick"))
    async with shown(PutBackScreen, "/put-back/:id", place, route="/put-back/f9") as h:
        await place.ui.scans.publish(Scan(world.gtin13("NO-2003"), "wedge"))
        assert not h.has("put-back-all-button")
    assert place.commands() == []


async def test_an_order_nobody_knows_is_said_and_it_draws_from_right_to_left(tmp_path: Path) -> None:
    place = workplace(tmp_path, language="ar")
    async with shown(PutBackScreen, "/put-back/:id", place, route="/put-back/f9") as h:
        assert h.has("put-back-f9-NO-2003-line")
        await h.go("/put-back/f99")
        assert h.has("empty-state")
