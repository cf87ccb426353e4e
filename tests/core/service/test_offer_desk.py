from datetime import timedelta

import pytest
from sqlalchemy import select

from core.contract import commands as c
from core.domain.fulfilment import Fulfilment
from core.domain.offer_answers import (
    ArticleUnknown,
    ClaimNotYours,
    ClaimReleased,
    OfferClaimed,
    OfferDeclined,
    OfferExpired,
    OfferStockGone,
    OfferTaken,
    OfferUnknown,
    OutOfStockDeclared,
    WorkHasBegun,
)
from core.domain.outcome import Verdict
from core.service import inbox, offer_desk, rulesets
from core.service.cause import office_cause
from core.service.claims import Claimer
from core.service.refusal import Refusal
from core.store import tables as t
from tests.core.service.office import fulfilments_of, ledger, order_row, place, stock, tell
from tests.core.service.shops import (
    HALF_AN_HOUR,
    TOWNS,
    asked,
    build_shops,
    claim,
    copy_of,
    declare,
    decline,
    offered_order,
    offers_of,
    pass_time,
    release,
    reserved,
    set_stock,
)
from tests.core.service.told import check_story
from tests.support.core import NOW, Sender, put_device

NEAREST = list(TOWNS)


@pytest.fixture
def world(database):
    return build_shops(database, {"rules": [{"candidates": 3}, {"candidates": 4, "days_late": 2}]})


@pytest.fixture
def order_id(database, world) -> str:
    return offered_order(database, world)


@pytest.fixture
def offer(database, order_id):
    return offers_of(database, order_id)[0]


def test_a_store_that_declines_is_not_asked_again_and_the_others_go_on(database, order_id, offer):
    assert decline(database, offer.id, "loc-lille") == OfferDeclined()
    assert decline(database, offer.id, "loc-lille") == OfferDeclined()
    assert list(asked(database, offer.id)) == ["loc-paris", "loc-lyon"]
    assert stock(database, "loc-lille", "SKU-1")[3] == 0
    (holder,) = reserved(database)
    assert holder == offers_of(database, order_id)[0].holder != "loc-lille"
    assert claim(database, offer.id, "loc-lyon") == OfferClaimed()
    assert isinstance(decline(database, offer.id, "loc-paris"), OfferTaken)


def test_when_everybody_declined_the_next_rule_does_not_wait(database, order_id, offer):
    for id in NEAREST[:3]:
        decline(database, offer.id, id)
    (offer,) = offers_of(database, order_id)
    assert (offer.step, list(asked(database, offer.id))) == (1, ["loc-nice"])
    assert offer.holder == "loc-nice"
    decline(database, offer.id, "loc-nice")
    assert offers_of(database, order_id)[0].state == "expired"
    # Sourcing does not go back to who refused: the order waits.
    assert fulfilments_of(database, order_id) == []
    assert order_row(database, order_id).state == "waiting_for_stock"
    assert reserved(database) == {}


def test_a_reason_may_say_that_the_shelf_is_empty(database, offer):
    decline(database, offer.id, "loc-paris", "shelf_empty")
    assert stock(database, "loc-paris", "SKU-1") == ledgered(database, "loc-paris") == (10, 0, 0, 10)


def ledgered(database, location_id: str) -> tuple[int, int, int, int]:
    """The ledger began when ten were there already."""
    on_hand, reserved_units, picked, unavailable = ledger(database, location_id, "SKU-1")
    return on_hand + 10, reserved_units, picked, unavailable


def test_out_of_stock_lowers_what_is_promised_at_once_and_blocks_nobody(database, order_id, offer):
    holder = offer.holder
    assert declare(database, offer.id, holder) == OutOfStockDeclared()
    assert stock(database, holder, "SKU-1") == (10, 0, 0, 10)
    assert holder not in asked(database, offer.id)
    assert len(asked(database, offer.id)) == 2
    (now_at,) = reserved(database)
    assert now_at in asked(database, offer.id)
    assert declare(database, offer.id, holder, "SKU-9") == ArticleUnknown("SKU-9")
    with database.read() as connection:
        (open_row,) = connection.execute(select(t.declarations)).all()
    assert (open_row.location_id, open_row.units, open_row.state, open_row.origin) == (holder, 10, "open", "offer")


def test_what_was_declared_gone_for_one_offer_is_not_claimed_with_another(database, world, order_id, offer):
    other_id = offered_order(database, world, number="TWO")
    (other,) = offers_of(database, other_id)
    assert other.holder == offer.holder
    declare(database, offer.id, offer.holder)
    assert claim(database, other.id, other.holder) == OfferStockGone("SKU-1")
    assert other.holder not in asked(database, other.id)
    now_at = offers_of(database, other_id)[0].holder
    assert now_at not in ("", other.holder)
    assert reserved(database).get(other.holder) is None
    assert claim(database, other.id, now_at) == OfferClaimed()


def test_out_of_stock_is_a_fact_also_when_the_offer_is_gone(database, order_id, offer):
    claim(database, offer.id, "loc-lyon")
    assert declare(database, offer.id, "loc-paris") == OutOfStockDeclared()
    assert stock(database, "loc-paris", "SKU-1")[3] == 10
    (made,) = fulfilments_of(database, order_id)
    assert made.location_id == "loc-lyon"


def test_a_claimed_order_goes_back_to_the_others(database, order_id, offer):
    claim(database, offer.id, "loc-lyon")
    assert release(database, offer.id, "loc-paris") == ClaimNotYours()
    assert release(database, offer.id, "loc-lyon") == ClaimReleased()
    assert release(database, offer.id, "loc-lyon") == ClaimReleased()
    old, new = offers_of(database, order_id)
    assert (old.state, new.state) == ("released", "open")
    assert "loc-lyon" not in asked(database, new.id)
    assert reserved(database) == {new.holder: 2}
    assert order_row(database, order_id).state == "on_offer"
    assert claim(database, new.id, "loc-paris") == OfferClaimed()
    assert [f.state for f in fulfilments_of(database, order_id)] == ["rejected", "open"]
    assert reserved(database) == {"loc-paris": 2}


def test_of_two_parts_of_one_article_only_the_one_that_is_given_back_leaves(database, world):
    order_id = offered_order(database, world, units=12)
    set_stock(database, "loc-lyon", 12)
    small, large = sorted(offers_of(database, order_id), key=lambda offer: offer.units)
    for minute, one in enumerate((small, large), 1):
        assert claim(database, one.id, "loc-lyon", NOW + timedelta(minutes=minute)) == OfferClaimed()
    (both,) = fulfilments_of(database, order_id)
    assert [line.quantity for line in both.lines] == [12]
    later = NOW + timedelta(minutes=3)
    assert release(database, small.id, "loc-lyon", later) == ClaimReleased()
    (kept,) = fulfilments_of(database, order_id)
    assert (kept.state, [line.quantity for line in kept.lines]) == ("open", [large.units])
    (again,) = [offer for offer in offers_of(database, order_id) if offer.state == "open"]
    assert "loc-lyon" not in asked(database, again.id)
    assert reserved(database) == {"loc-lyon": large.units, again.holder: small.units}
    assert release(database, large.id, "loc-lyon", later + timedelta(minutes=1)) == ClaimReleased()
    assert [f.state for f in fulfilments_of(database, order_id)] == ["rejected"]
    assert sum(reserved(database).values()) == 12
    assert "loc-lyon" not in reserved(database)
    check_story(database, order_id)


def test_of_two_parts_of_two_articles_the_other_one_stays(database):
    world = build_shops(database, {"rules": [{"candidates": 1}, {"candidates": 4}]})
    for store in TOWNS:
        set_stock(database, store, 10 if store == "loc-lille" else 0)
        set_stock(database, store, 10 if store == "loc-paris" else 0, "SKU-2")
    order_id = place(database, world, {"SKU-1": 2, "SKU-2": 3}).order_id
    for sku in ("SKU-1", "SKU-2"):
        set_stock(database, "loc-lyon", 10, sku)
    pass_time(database, NOW + HALF_AN_HOUR)
    now = NOW + HALF_AN_HOUR + timedelta(minutes=1)
    by_sku = {offer.lines[0]["sku"]: offer for offer in offers_of(database, order_id)}
    for offer in by_sku.values():
        assert claim(database, offer.id, "loc-lyon", now) == OfferClaimed()
    assert release(database, by_sku["SKU-1"].id, "loc-lyon", now + timedelta(minutes=1)) == ClaimReleased()
    (kept,) = fulfilments_of(database, order_id)
    assert (kept.state, {line.sku: line.quantity for line in kept.lines}) == ("open", {"SKU-1": 0, "SKU-2": 3})
    assert reserved(database, "SKU-2") == {"loc-lyon": 3}
    assert reserved(database) == {"loc-lille": 2}
    check_story(database, order_id)


def test_what_is_given_back_does_not_return_when_stores_compete_no_more(database):
    world = build_shops(database, {"rules": [{"candidates": 1}, {"candidates": 4}]})
    order_id = offered_order(database, world, units=12)
    set_stock(database, "loc-lille", 30)
    pass_time(database, NOW + HALF_AN_HOUR)
    small, large = sorted(offers_of(database, order_id), key=lambda offer: offer.units)
    for one in (small, large):
        assert claim(database, one.id, "loc-lille", NOW + HALF_AN_HOUR) == OfferClaimed()
    with database.write() as connection:
        gone = rulesets.roll_back(connection, office_cause(NOW + HALF_AN_HOUR), world.division, rulesets.ALLOCATION)
        assert not isinstance(gone, Refusal), gone
    assert release(database, small.id, "loc-lille", NOW + HALF_AN_HOUR) == ClaimReleased()
    kept, elsewhere = fulfilments_of(database, order_id)
    assert (kept.location_id, [line.quantity for line in kept.lines]) == ("loc-lille", [large.units])
    assert elsewhere.location_id != "loc-lille"
    assert reserved(database) == {"loc-lille": large.units, elsewhere.location_id: small.units}


def test_work_that_was_begun_is_not_given_back(database, order_id, offer):
    claim(database, offer.id, "loc-lyon")
    (made,) = fulfilments_of(database, order_id)
    assert isinstance(made, Fulfilment)
    tell(database, c.ScanItem(made.id, made.lines[0].id, 1, c.How.WEDGE))
    assert release(database, offer.id, "loc-lyon") == WorkHasBegun()


def test_a_store_that_was_never_asked_hears_so(database, offer):
    here = Claimer("loc-nice", "usr-ana")
    copy_id = copy_of(database, offer.id, "loc-lyon")
    with database.write() as connection:
        cause = office_cause(NOW)
        assert offer_desk.decline(connection, cause, copy_id, here, "busy") == OfferUnknown()
        assert offer_desk.release(connection, cause, copy_id, here, "busy") == OfferUnknown()


def test_an_offer_that_ran_out_cannot_be_declined(database, offer):
    assert decline(database, offer.id, "loc-lyon", at=offer.expires_at) == OfferExpired()


def test_tablets_say_all_of_it_and_a_repeated_command_is_answered_alike(database, world, order_id, offer):
    device = put_device(database, world.lyon)
    sender = Sender(device, world.ana)
    copy_id = copy_of(database, offer.id, world.lyon)
    told = []
    for arguments in (
        c.ClaimOffer(copy_id),
        c.ReleaseClaim(copy_id, "busy"),
        c.DeclineOffer(copy_id, "busy"),
        c.DeclareOutOfStock(copy_id, "SKU-1", "shelf_empty"),
        c.DeclareOutOfStock(copy_id, "nothing"),
    ):
        command = sender.command(arguments)
        first, again = (inbox.receive(database, device, command, NOW) for _ in range(2))
        assert first == again
        told.append((first.code, first.verdict))
    assert told == [
        ("offer_claimed", Verdict.ACCEPTED),
        ("claim_released", Verdict.ACCEPTED),
        ("offer_expired", Verdict.REJECTED),
        ("out_of_stock_declared", Verdict.ACCEPTED),
        ("article_unknown", Verdict.ATTENTION),
    ]


def test_what_is_held_moves_only_to_who_has_it(database, order_id, offer):
    for id in NEAREST:
        set_stock(database, id, 2 if id == offer.holder else 0)
    declare(database, offer.id, offer.holder)
    assert reserved(database) == {}
    assert offers_of(database, order_id)[0].holder == ""
