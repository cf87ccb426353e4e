"""A new user sees in the demo what channels may sell, and why."""

from sqlalchemy import select

from core.demo.channels import ANNOUNCED
from core.service import promise
from core.service.promise import Promised, Question
from core.service.promise_network import forget
from core.store import tables as t
from core.store.database import Database
from tests.support.demo import OPENED


def test_every_channel_says_what_it_may_sell(demo: Database):
    with demo.read() as connection:
        rows = connection.execute(select(t.atp)).all()
        of = {(row.catalogue_id, row.sku): row for row in rows}
        announced = set(connection.execute(select(t.inbound.c.sku)).scalars())
    assert {row.catalogue_id for row in rows} == {"alba-web", "alba-marketplace", "nordlys-web", "nordlys-marketplace"}
    assert len(announced) == 2 * ANNOUNCED
    both = [sku for catalogue, sku in of if catalogue == "alba-web" and ("alba-marketplace", sku) in of]
    assert any(of["alba-marketplace", sku].units == of["alba-web", sku].units - 5 for sku in both), "units kept back"
    assert any(of["alba-web", sku].inbound for sku in announced), "announced stock counts"
    assert not any(of["alba-marketplace", sku].inbound for sku in announced & set(both))
    for brand in ("alba", "nordlys"):
        assert any(row.segment for row in rows if row.catalogue_id == f"{brand}-web"), "kept for the other brand"


def test_the_web_shop_promises_announced_stock_and_the_marketplace_does_not(demo: Database):
    found = []
    with demo.read() as connection:
        forget(connection)  # of another database with the same versions
        supply, a = t.inbound.c, t.atp.c
        announced = select(supply.sku).join(t.variants, t.variants.c.id == supply.sku)
        for sku in connection.execute(announced.where(t.variants.c.division_id == "alba").distinct()).scalars().all():
            units = connection.execute(select(a.units).where(a.catalogue_id == "alba-web", a.sku == sku)).scalar_one()
            web, marketplace = (
                promise.ask(connection, Question("alba", ((sku, units + 5),), channel=channel), OPENED)
                for channel in ("web", "marketplace")
            )
            assert isinstance(web, Promised)
            assert isinstance(marketplace, Promised)
            assert marketplace.options == ()
            found += [option.explanation[0].code for option in web.options]
    assert "from_inbound" in found
