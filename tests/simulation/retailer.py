"""The small retailer of every simulated day: one brand, two stores of two associates each, six articles."""

import atexit
import shutil
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from random import Random
from tempfile import mkdtemp
from typing import Any

from sqlalchemy import Connection, insert

from core.domain.barcodes import check_digit
from core.service import rulesets
from core.service.cause import id_maker, office_cause
from core.service.refusal import Refusal
from core.service.rulesets import Draft
from core.store import feed
from core.store import tables as t
from tests.support.memory import memory

OPENING = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
DIVISION = "brand"
STORES = ("north", "south")
SKUS = tuple(f"sku-{n}" for n in range(6))
PERMISSIONS = ["pick", "pack", "unpack", "hand_over", "claim", "collect", "scan", "view"]
ON_HAND = 1000  # so that no order of a day waits for stock
COMPETING = "market"  # the channel whose orders are offered to stores
# A minute is long on a day of a few: every rule is reached, and behind the last one the core claims.
OFFERING = {
    "channels": [COMPETING],
    "rules": [
        {"candidates": 2, "timeout_minutes": 1},
        {"candidates": 2, "timeout_minutes": 1, "automatic": "on_timeout"},
    ],
}


@cache
def own_folder() -> Path:
    """Of this process, removed when it ends."""
    folder = Path(mkdtemp(prefix="comptoir-simulation-", dir=memory()))  # a day is not about the disk
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def day_folder() -> Path:
    """Empty, and the same path for every day of this process: days come one after the other."""
    folder = own_folder() / "day"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return folder


def gtin_of(sku: str) -> str:
    """14 digits, check digit right: what a scanner reads off the article."""
    body = f"{SKUS.index(sku) + 1:013d}"
    return body + check_digit(body)


def users_of(store: str) -> tuple[str, str]:
    return f"{store}-ana", f"{store}-ben"


def open_shop(connection: Connection) -> None:
    """Account, stores, people, articles and stock."""
    account = "account"
    _add(connection, t.accounts, id=account, name="Retailer", company_prefix="0000000", created_at=OPENING)
    _add(connection, t.divisions, id=DIVISION, account_id=account, code="BR", name="Brand", brand="Brand")
    _add(connection, t.roles, id="associate", account_id=account, name="Associate", permissions=PERMISSIONS)
    _add(connection, t.reasons, id="not_found", account_id=account, usage="short", labels={"en": "Not found"})
    _add(connection, t.carriers, id="colis", account_id=account, code="colis", name="Colis", services=["standard"])
    _add(connection, t.packagings, id="box", account_id=account, labels={"en": "Box"})
    _add(connection, t.reasons, id="fraud", account_id=account, usage="hold", labels={"en": "Fraud check"})
    for id, effect in (("busy", "none"), ("shelf_empty", "zero")):
        labels = {"en": id}
        _add(
            connection,
            t.reasons,
            id=id,
            account_id=account,
            usage="decline",
            labels=labels,
            effect=effect,
            target="atp",
        )
        feed.mark(connection, feed.ORG, "reason", id)
    org = (("division", DIVISION), ("reason", "not_found"), ("reason", "fraud"))
    for entity, id in (*org, ("carrier", "colis"), ("packaging", "box")):
        feed.mark(connection, feed.ORG, entity, id)
    for sku in SKUS:
        _add_article(connection, sku, gtin_of(sku))
    for store in STORES:
        _add_store(connection, account, store)
    _open_competition(connection)


def _open_competition(connection: Connection) -> None:
    cause = office_cause(OPENING, "office", id_maker(OPENING, Random(2).randbytes))
    made = rulesets.draft(connection, cause, Draft(DIVISION, "Market", OFFERING, kind=rulesets.ALLOCATION))
    assert not isinstance(made, Refusal), made
    rulesets.publish(connection, cause, made["id"])


def _add_article(connection: Connection, sku: str, gtin: str) -> None:
    _add(connection, t.products, id=f"p-{sku}", division_id=DIVISION, name=f"Article {sku}", brand="Brand")
    _add(connection, t.variants, id=sku, product_id=f"p-{sku}", division_id=DIVISION, price_minor=1990, weight_g=200)
    _add(connection, t.barcodes, division_id=DIVISION, gtin=gtin, sku=sku)
    feed.mark(connection, feed.catalogue_part(DIVISION), "variant", sku)


def _add_store(connection: Connection, account: str, store: str) -> None:
    _add(
        connection, t.locations, id=store, account_id=account, code=store.upper(), name=store, kind="store", zones=["A"]
    )
    _add(connection, t.location_divisions, location_id=store, division_id=DIVISION)
    part = feed.store_part(store)
    feed.mark(connection, part, "location", store)
    for user in users_of(store):
        _add(connection, t.users, id=user, account_id=account, login=user, name=user, created_at=OPENING)
        _add(connection, t.assignments, id=f"a-{user}", user_id=user, role_id="associate", location_id=store)
        feed.mark(connection, part, "user", user)
    for sku in SKUS:
        _add(connection, t.positions, location_id=store, sku=sku, on_hand=ON_HAND, zone="A", place="1")
        feed.mark(connection, feed.stock_part(store), "position", sku)


def _add(connection: Connection, table: Any, **values: Any) -> None:
    connection.execute(insert(table).values(**values))
