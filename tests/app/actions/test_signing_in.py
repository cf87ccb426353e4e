"""Signing in works without the network; guessing does not."""

from dataclasses import replace
from datetime import timedelta

from app.actions.signing_in import LOCKED_FOR, MOST_TRIES, TRIES, confirmed, refused, sign_in
from core.contract.grants import UserGrant
from core.contract.sync import Group
from tests.support import device
from tests.support.desk import PIN, WEAK, World


def test_the_right_pin_signs_in(world: World) -> None:
    assert sign_in(world.database, "ann", PIN, world.now).code == "signed_in"


def test_wrong_pins_are_counted_and_a_right_one_forgets_them(world: World) -> None:
    assert sign_in(world.database, "ann", "0000", world.now).params() == {"left": TRIES - 1}
    sign_in(world.database, "ann", PIN, world.now)
    assert sign_in(world.database, "ann", "0000", world.now).params() == {"left": TRIES - 1}


def test_five_wrong_pins_lock_the_person_out_even_with_the_right_one(world: World) -> None:
    for _ in range(TRIES):
        last = sign_in(world.database, "ann", "0000", world.now)
    assert last.code == "locked_out"
    soon = world.now + LOCKED_FOR - timedelta(seconds=30)
    assert sign_in(world.database, "ann", PIN, soon).params() == {"minutes": 1}
    assert sign_in(world.database, "bob", PIN, soon).code == "signed_in"
    assert sign_in(world.database, "ann", PIN, world.now + LOCKED_FOR).code == "signed_in"


def test_a_colleague_who_left_may_not_sign_in(world: World) -> None:
    gone = device.USERS[0].__class__("ann", "ann", "Ann", "en", "", (), active=False)
    world.feed(Group.MAIN, device.put("user", gone, ver=5))
    assert sign_in(world.database, "ann", PIN, world.now).code == "may_not_sign_in"
    assert sign_in(world.database, "nobody", PIN, world.now).code == "may_not_sign_in"


def test_after_twenty_wrong_pins_the_device_forgets_what_the_pin_is_compared_with(world: World) -> None:
    at = world.now
    for number in range(MOST_TRIES):
        at = world.now + (number // TRIES) * LOCKED_FOR
        assert sign_in(world.database, "ann", "0000", at).code in ("wrong_pin", "locked_out")
    assert sign_in(world.database, "ann", PIN, at + LOCKED_FOR).code == "sign_in_needs_the_core"
    assert sign_in(world.database, "bob", PIN, at).code == "signed_in"
    told_again = next(user for user in device.USERS if user.id == "ann")
    world.feed(Group.MAIN, device.put("user", replace(told_again, pin_hash=WEAK.hash(PIN)), ver=9))
    assert sign_in(world.database, "ann", PIN, at + LOCKED_FOR).code == "signed_in"


def test_who_the_core_confirmed_can_sign_in_without_it_from_now_on(world: World) -> None:
    for _ in range(MOST_TRIES):
        sign_in(world.database, "ann", "0000", world.now)
    new = WEAK.hash("9753")
    grant = UserGrant("ann", "paris", (), world.now, world.now + timedelta(hours=4), "token", new)
    assert confirmed(world.database, grant).user_id == "ann"
    assert sign_in(world.database, "ann", "9753", world.now).code == "signed_in"


def test_a_pin_that_the_core_refused_is_counted_here_too(world: World) -> None:
    answers = [refused(world.database, "ann", world.now).code for _ in range(TRIES)]
    assert answers == ["wrong_pin"] * (TRIES - 1) + ["locked_out"]
    assert sign_in(world.database, "ann", PIN, world.now).code == "locked_out"
