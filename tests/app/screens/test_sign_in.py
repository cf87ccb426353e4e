"""Signing in: a name, a PIN, the person's language; and words for everything that keeps somebody from it."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from app.actions.signing_in import SignedIn, WrongPin
from app.devices.scanning import Scan
from app.screens.sign_in import SignInScreen
from app.state import SyncStatus
from core.contract.sync import Group
from sync.status import Fetching
from tests.support import store_world as world
from tests.support.flet_harness import Harness
from tests.support.workplace import Place, shown, workplace

PHONE = (360, 740)


def nobody(tmp_path: Path, filled: bool = True) -> Place:
    place = workplace(tmp_path, filled=filled)
    place.session.user_id = ""
    return place


async def enter(h: Harness, pin: str) -> None:
    for digit in pin:
        await h.click(f"pin-{digit}-button")
    await h.click("pin-enter-button")


async def test_a_person_signs_in_by_keys_and_the_app_speaks_their_language(tmp_path: Path) -> None:
    place = nobody(tmp_path)
    async with shown(SignInScreen, "/", place, size=PHONE) as h:
        assert {"Ann Peeters", "Bruno Martin", "Samira Haddad"} <= set(h.texts())
        await h.click("sign-in-samira-button")
        await enter(h, "3456")
        await h.until(lambda: place.session.user_id == "samira")
        assert place.ui.i18n.language == "ar"
        assert h.page.rtl


async def test_keys_that_are_pressed_faster_than_the_screen_draws_all_count(tmp_path: Path) -> None:
    place = nobody(tmp_path)
    async with shown(SignInScreen, "/", place, size=PHONE) as h:
        await h.click("sign-in-samira-button")
        for pressed in [h.find(f"pin-{digit}-button") for digit in "3456"]:
            await h.session.dispatch_event(pressed._i, "click", None)
        await h.settle()
        await h.click("pin-enter-button")
        await h.until(lambda: place.session.user_id == "samira")


async def test_a_keyboard_and_enter_will_do_even_where_they_are_as_fast_as_a_scanner(tmp_path: Path) -> None:
    place = nobody(tmp_path)
    async with shown(SignInScreen, "/", place) as h:
        await h.click("sign-in-ann-button")
        await h.type("pin-field", "9999")
        await h.submit("pin-field")
        await h.until(lambda: "Wrong PIN. 4 tries left." in h.texts())
        await place.ui.scans.publish(Scan("1234", "wedge"))
        await h.until(lambda: place.session.user_id == "ann")


async def test_wrong_pins_lock_out_and_say_for_how_long(tmp_path: Path) -> None:
    place = nobody(tmp_path)
    async with shown(SignInScreen, "/", place, size=PHONE) as h:
        await h.click("sign-in-ann-button")
        for left in (4, 3, 2, 1):
            await enter(h, "0000")
            said = f"Wrong PIN. {left} {'tries' if left > 1 else 'try'} left."
            await h.until(lambda said=said: said in h.texts())  # type: ignore[misc]
        await enter(h, "0000")
        await h.until(lambda: "Too many wrong PINs. Try again in 15 minutes." in h.texts())
        await enter(h, "1234")
        await h.until(lambda: "Too many wrong PINs. Try again in 16 minutes." in h.texts())
        await h.click("sign-in-other-button")
        assert "Who works here?" in h.texts()
        place.now += timedelta(minutes=16)
        await h.click("sign-in-ann-button")
        await enter(h, "1234")
        await h.until(lambda: place.session.user_id == "ann")


async def test_the_demo_shows_its_pins_and_a_real_store_none(tmp_path: Path) -> None:
    place = nobody(tmp_path)
    async with shown(SignInScreen, "/", place) as h:
        assert "Ann Peeters: 1234" in h.texts()
        place.pulled("location", replace(world.LOCATION, demo=False))
        place.changed("people")
        await h.settle()
        assert not h.has("sign-in-demo-note")


async def test_before_the_first_pull_it_says_what_comes_and_why_nothing_comes(tmp_path: Path) -> None:
    place = nobody(tmp_path, filled=False)
    async with shown(SignInScreen, "/", place) as h:
        place.ui.sync.status = SyncStatus("asking", pulled_rows=1200)
        await h.settle()
        assert {"The store’s data is being fetched", "1,200 rows have come."} <= set(h.texts())
        file = Fetching(Group.CATALOGUE, 0, 7_400_000)  # its size is told before it begins to come
        place.ui.sync.status = SyncStatus("online", fetching=(file,))
        await h.settle()
        assert "Catalogue: 0 of 7.4 MB" in h.texts()
        place.ui.sync.status = SyncStatus("offline", place.now)
        await h.settle()
        assert "The core cannot be reached" in h.texts()
        await h.click("sign-in-again-button")
        assert place.link.tried == 1
        # Stock may have come before the people have.
        place.ui.sync.status = SyncStatus("online", last_sync_at=place.now)
        await h.settle()
        assert "The store’s data is being fetched" in h.texts()
        place.pulled("location", world.LOCATION)
        place.workplace.changed("people")
        await h.settle()
        assert "Nobody can sign in yet" in h.texts()


async def test_the_language_can_be_switched_before_signing_in(tmp_path: Path) -> None:
    place = nobody(tmp_path)
    async with shown(SignInScreen, "/", place, size=PHONE) as h:
        await h.click("sign-in-language-fr-button")
        assert place.ui.i18n.language == "fr"


async def test_what_the_core_says_of_a_pin_counts_before_what_the_device_knows(tmp_path: Path) -> None:
    place = nobody(tmp_path)
    place.link.confirmed = WrongPin(2)
    async with shown(SignInScreen, "/", place, size=PHONE) as h:
        await h.click("sign-in-samira-button")
        await enter(h, "3456")
        await h.until(lambda: "Wrong PIN. 2 tries left." in h.texts())
        assert place.session.user_id == ""
        place.link.confirmed = SignedIn("samira")
        await enter(h, "9999")
        await h.until(lambda: place.session.user_id == "samira")
