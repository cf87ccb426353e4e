"""The work documents of the stores, relationally: fulfilments, parcels, pick runs, manifests, offers."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field

from core.store.columns import CoreRow, document, moment


class FulfilmentRow(CoreRow, table=True):
    __tablename__ = "fulfilment"
    __table_args__ = (Index("ix_fulfilment_work", "location_id", "state"), Index("ix_fulfilment_order", "order_id"))
    id: str = Field(primary_key=True)
    number: str = Field(unique=True)
    short_id: str
    order_id: str = Field(foreign_key="customer_order.id")
    order_number: str
    division_id: str
    location_id: str = Field(foreign_key="location.id")
    service_level: str = "standard"
    carrier: str = ""
    target_at: datetime = moment()
    placed_at: datetime = moment()
    release_at: datetime | None = moment(default=None)
    ship_to: dict[str, Any] = document(dict)
    state: str = "open"
    hold: str = ""
    run_id: str = ""
    gift_message: str = ""
    currency: str = "EUR"
    closed_at: datetime | None = moment(default=None)


class FulfilmentLineRow(CoreRow, table=True):
    __tablename__ = "fulfilment_line"
    __table_args__ = (Index("ix_fulfilment_line_order_line", "order_line_id"),)
    fulfilment_id: str = Field(foreign_key="fulfilment.id", primary_key=True)
    id: str = Field(primary_key=True)
    position: int = 0
    order_line_id: str
    sku: str = Field(index=True)
    quantity: int
    name: str = ""
    colour: str = ""
    size: str = ""
    image: str = ""
    gtins: list[str] = document(list)
    unit_price_minor: int = 0
    weight_g: int = 0
    category: str = ""
    picked: int = 0
    put_back: int = 0
    short: int = 0
    short_reason: str = ""


class ParcelRow(CoreRow, table=True):
    __tablename__ = "parcel"
    __table_args__ = (Index("ix_parcel_sscc", "sscc"),)
    fulfilment_id: str = Field(foreign_key="fulfilment.id", primary_key=True)
    id: str = Field(primary_key=True)
    position: int = 0
    number: int
    packaging: str = ""
    state: str = "open"
    weight_g: int = 0
    length_mm: int = 0
    width_mm: int = 0
    height_mm: int = 0
    sscc: str = ""
    carrier: str = ""
    tracking: str = ""
    labels_printed: int = 0
    manifest_id: str = ""


class ParcelItemRow(CoreRow, table=True):
    __tablename__ = "parcel_item"
    fulfilment_id: str = Field(foreign_key="fulfilment.id", primary_key=True)
    parcel_id: str = Field(primary_key=True)
    line_id: str = Field(primary_key=True)
    position: int = 0
    quantity: int


class PickRunRow(CoreRow, table=True):
    __tablename__ = "pick_run"
    __table_args__ = (Index("ix_pick_run_work", "location_id", "state"),)
    id: str = Field(primary_key=True)
    number: str
    location_id: str = Field(foreign_key="location.id")
    method: str
    fulfilment_ids: list[str] = document(list)
    pickers: list[str] = document(list)
    started_at: datetime = moment()
    started_by: str
    state: str = "active"
    finished_at: datetime | None = moment(default=None)
    left: list[str] = document(list)
    totes: list[str] = document(list)


class ManifestRow(CoreRow, table=True):
    __tablename__ = "manifest"
    __table_args__ = (Index("ix_manifest_work", "location_id", "state"),)
    id: str = Field(primary_key=True)
    location_id: str = Field(foreign_key="location.id")
    carrier: str
    opened_at: datetime = moment()
    opened_by: str
    state: str = "open"
    closed_at: datetime | None = moment(default=None)
    closed_by: str = ""


class ManifestParcelRow(CoreRow, table=True):
    __tablename__ = "manifest_parcel"
    manifest_id: str = Field(foreign_key="manifest.id", primary_key=True)
    parcel_id: str = Field(primary_key=True)
    position: int = 0
    fulfilment_id: str = Field(index=True)
    sscc: str = ""
    weight_g: int = 0


class OfferRow(CoreRow, table=True):
    """A part of an order that several stores may have; the first claim wins (`winner`: location id).

    `lines`: [{order_line_id, sku, units}]. `holder`: the place where its units are reserved while it is open, "" where
    none are. `step`: which rule of the ruleset it is at. `refused`: places that will not be asked again.
    """

    __tablename__ = "offer"
    __table_args__ = (Index("ix_offer_state", "state", "expires_at"),)
    id: str = Field(primary_key=True)
    order_id: str = Field(index=True)
    order_number: str
    division_id: str = ""
    units: int
    value_minor: int = 0
    currency: str = "EUR"
    lines: list[dict[str, Any]] = document(list)
    target_at: datetime = moment()
    expires_at: datetime = moment()
    state: str = "open"  # core.domain.lifecycle.OfferState
    step: int = 0
    days_late: int = 0
    automatic: str = "never"
    ruleset_id: str = ""
    holder: str = ""
    refused: list[str] = document(list)
    ranking: list[dict[str, Any]] = document(list)  # of its step: who was asked, who was not, and why
    winner: str = ""
    taken_at: datetime | None = moment(default=None)
    taken_by: str = ""  # user id
    fulfilment_id: str = ""
    offered_at: datetime | None = moment(default=None)
    closed_at: datetime | None = moment(default=None)


class OfferCopyRow(CoreRow, table=True):
    """The offer as one store sees it: `id` is the id of the feed's entity, and what a claim names.

    `answer`: "" while nobody answered, then "won", "lost", "declined", "no_answer", "released" or "withdrawn". What
    the ranking said when it was made stays with it: cost, chance, days late.
    """

    __tablename__ = "offer_copy"
    __table_args__ = (Index("ix_offer_copy_history", "location_id", "answered_at"),)
    id: str = Field(primary_key=True)
    offer_id: str = Field(foreign_key="offer.id", index=True)
    location_id: str = Field(foreign_key="location.id", index=True)
    step: int = 0
    rank: int = 0
    cost_minor: int = 0
    chance_permille: int = 0
    days_late: int = 0
    distance_km: int | None = None
    offered_at: datetime | None = moment(default=None)
    answer: str = ""
    answered_at: datetime | None = moment(default=None)
    answered_by: str = ""
    reason: str = ""
