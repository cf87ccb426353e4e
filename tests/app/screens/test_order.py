"""An order is read in words; nothing more about the customer than the work needs."""

from dataclasses import replace
from pathlib import Path

from app.screens.order import OrderScreen
from core.contract.commands import How, ReportShort, ScanItem
from tests.support.workplace import shown, workplace


async def test_an_order_says_what_happened_to_it(tmp_path: Path) -> None:
    place = workplace(tmp_path)
    place.tell(ScanItem("f1", "f1-AL-1001", 1, How.WEDGE))
    place.tell(ReportShort("f1", "f1-AL-1003", 1, "damaged"))
    place.offline()
    async with shown(OrderScreen, "/order/:id", place, route="/order/f1", size=(360, 740)) as h:
        texts = h.texts()
        assert {"Order K001", "Being picked", "25 minutes late", "1 of 1 picked"} <= set(texts)
        assert "0 of 2 picked · 1 missing: Damaged" in texts
        assert "2 actions on this order wait to be confirmed by the core." in texts
        assert not any("+33" in text or "Rue Nationale" in text for text in texts)


async def test_a_held_order_says_why_and_offers_nothing(tmp_path: Path) -> None:
    async with shown(OrderScreen, "/order/:id", workplace(tmp_path), route="/order/f10") as h:
        assert "On hold: The address is being checked" in h.texts()
        assert not h.has("order-next-button")


async def test_a_hold_of_the_core_itself_is_told_in_words_whatever_the_retailer_named(tmp_path: Path) -> None:
    place = workplace(tmp_path)
    place.pulled("fulfilment", replace(place.order("f10"), hold="gathering"))
    async with shown(OrderScreen, "/order/:id", place, route="/order/f10") as h:
        assert "On hold: Other parts are on their way" in h.texts()


async def test_the_next_step_is_one_press_away(tmp_path: Path) -> None:
    place = workplace(tmp_path)
    async with shown(OrderScreen, "/order/:id", place, route="/order/f6") as h:
        await h.click("order-next-button")
        await h.until(lambda: h.page.route == "/pack/f6")


async def test_parcels_are_told_with_their_state(tmp_path: Path) -> None:
    async with shown(OrderScreen, "/order/:id", workplace(tmp_path, language="ar"), route="/order/f7") as h:
        assert h.has("order-1-parcel")


async def test_an_order_nobody_knows_is_said(tmp_path: Path) -> None:
    async with shown(OrderScreen, "/order/:id", workplace(tmp_path), route="/order/f99") as h:
        assert "This order is not known here" in h.texts()
