"""What may be promised: rules, virtual catalogues, declarations, inbound supply; and the projection kept on write."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from core.store.columns import CoreRow, document, moment


class VirtualCatalogueRow(CoreRow, table=True):
    """What one channel of a division may sell. `code`: the channel's, as orders carry it."""

    __tablename__ = "virtual_catalogue"
    __table_args__ = (UniqueConstraint("division_id", "code", name="uq_virtual_catalogue_code"),)
    id: str = Field(primary_key=True)
    division_id: str = Field(foreign_key="division.id")
    code: str
    name: str = ""
    location_ids: list[str] = document(list)  # empty: all active locations of the division
    threshold: int = 0  # units kept back of each article
    inbound_days: int = 0  # supply that comes within so many days counts; 0: none does
    active: bool = True
    version: int = 1


class StockRuleRow(CoreRow, table=True):
    """A figure for a scope; "" in a column of the scope means any. Exactly one of units and basis_points is given."""

    __tablename__ = "stock_rule"
    __table_args__ = (
        UniqueConstraint("kind", "owner_id", "location_id", "sku", "category", name="uq_stock_rule_scope"),
    )
    id: str = Field(primary_key=True)
    kind: str  # "safety" | "exclude" | "share" | "threshold" | "inbound"
    owner_id: str = ""  # a virtual catalogue (exclude, threshold) or a division (share)
    location_id: str = ""
    sku: str = ""
    category: str = ""
    units: int | None = None
    basis_points: int | None = None
    version: int = 1


class StockRuleClockRow(CoreRow, table=True):
    """One row that every change of rules, catalogues and active locations steps: who computes with rules shares it.

    `generation`: the last change that made rows of the projection old which it did not make again itself.
    """

    __tablename__ = "stock_rule_clock"
    id: int = Field(primary_key=True)
    value: int = 0
    generation: int = 0


class AtpRemakeRow(CoreRow, table=True):
    """One row: how far the projection is made for generation `wanted`, by SKU; `made`: the last whole one."""

    __tablename__ = "atp_remake"
    id: int = Field(primary_key=True)
    wanted: int = 0
    made: int = 0
    after: str = ""  # the last SKU that is done
    articles: int = 0  # how many are done
    begun_at: datetime | None = moment(default=None)
    done_at: datetime | None = moment(default=None)


class LocationSlotRow(CoreRow, table=True):
    """Which place of a projection's vector a location has, for good."""

    __tablename__ = "location_slot"
    location_id: str = Field(primary_key=True)
    slot: int = Field(unique=True)


class AtpRow(CoreRow, table=True):
    """The projection: one article in one virtual catalogue. The columns are the steps of its sum.

    `places`: units per location slot, 32-bit little endian. `inbound`: JSON of what is coming, "" for nothing.
    `generation`: of the rules it was made with; a row of another one than the clock's says nothing.
    """

    __tablename__ = "atp"
    catalogue_id: str = Field(foreign_key="virtual_catalogue.id", primary_key=True)
    sku: str = Field(primary_key=True)
    units: int = 0
    on_hand: int = 0
    reserved: int = 0
    unavailable: int = 0
    safety: int = 0
    segment: int = 0
    excluded: int = 0
    lacking: int = 0
    threshold: int = 0
    locations: int = 0
    places: bytes = b""
    inbound: str = ""
    generation: int = 0


class SegmentRow(CoreRow, table=True):
    """How many of a position's reserved units each brand holds."""

    __tablename__ = "segment"
    location_id: str = Field(primary_key=True)
    sku: str = Field(primary_key=True)
    division_id: str = Field(primary_key=True)
    reserved: int = 0


class DeclarationRow(CoreRow, table=True):
    """Units that somebody said are not for sale, until they expire or are reviewed at the end of the day."""

    __tablename__ = "declaration"
    __table_args__ = (
        Index("ix_declaration_open", "state", "location_id"),
        Index("ix_declaration_expiry", "state", "expires_at"),
    )
    id: str = Field(primary_key=True)
    location_id: str = Field(foreign_key="location.id")
    sku: str = Field(foreign_key="variant.id")
    units: int
    reason: str = ""
    origin: str = "office"  # "office" | "short_pick" | "offer"
    state: str = "open"  # "open" | "expired" | "lifted" | "confirmed"
    declared_at: datetime = moment()
    declared_by: str = ""
    expires_at: datetime | None = moment(default=None)
    reviewed_at: datetime | None = moment(default=None)
    reviewed_by: str = ""
    version: int = 1


class InboundRow(CoreRow, table=True):
    """Supply that is ordered or under way. `promised`: units that orders have been promised of it."""

    __tablename__ = "inbound"
    __table_args__ = (Index("ix_inbound_sku", "sku", "state"), Index("ix_inbound_expected", "state", "expected_at"))
    id: str = Field(primary_key=True)
    location_id: str = Field(foreign_key="location.id")
    sku: str = Field(foreign_key="variant.id")
    reference: str = ""
    kind: str = "on_order"  # "on_order" | "in_transit"
    quantity: int
    received: int = 0
    promised: int = 0
    protected: int = 0  # units of it that are never promised
    expected_at: datetime = moment()
    state: str = "expected"  # "expected" | "received" | "cancelled"
    version: int = 1


class InboundPromiseRow(CoreRow, table=True):
    """Announced units that an order was promised, until it has real stock. `expected_at`: the date it was told."""

    __tablename__ = "inbound_promise"
    __table_args__ = (Index("ix_inbound_promise_order", "order_id"),)
    inbound_id: str = Field(foreign_key="inbound.id", primary_key=True)
    order_line_id: str = Field(foreign_key="order_line.id", primary_key=True)
    order_id: str = Field(foreign_key="customer_order.id")
    units: int
    expected_at: datetime = moment()
    made_at: datetime = moment()


class StockSheetRow(CoreRow, table=True):
    """What the last full stock file said of a location, in the file's order: what a new file is compared with.

    `numbers`: one for each line, 64-bit little endian, 0 where the figure is not known. `snapshot`: the feed's, when it
    was true. `skus`: digest of the articles in their order; the row of that name holds them, once for all locations
    that have them. A row named for a location's corrections holds the lines that say something else since.
    """

    __tablename__ = "stock_sheet"
    location_id: str = Field(primary_key=True)
    skus: bytes = b""
    numbers: bytes = b""
    snapshot: str = ""
