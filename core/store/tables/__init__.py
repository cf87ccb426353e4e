"""Every table of the core: row classes to declare and construct, Core tables to write statements with.

`from core.store import tables as t`, then `select(t.orders).where(t.orders.c.number == number)`.
"""

from core.store.columns import CoreRow, table_of
from core.store.tables.account import (
    AccountRow,
    AssignmentRow,
    DivisionRow,
    LocationDivisionRow,
    LocationRow,
    RoleRow,
    UserRow,
)
from core.store.tables.atp import (
    AtpRemakeRow,
    AtpRow,
    DeclarationRow,
    InboundPromiseRow,
    InboundRow,
    LocationSlotRow,
    SegmentRow,
    StockRuleClockRow,
    StockRuleRow,
    StockSheetRow,
    VirtualCatalogueRow,
)
from core.store.tables.catalogue import BarcodeRow, CategoryRow, ImageRow, ProductRow, VariantRow
from core.store.tables.closure import LocationClosureRow
from core.store.tables.collection import CollectionRow, HandoverRow
from core.store.tables.configuration import CarrierRow, JobRow, PackagingRow, ReasonRow, RulesetRow
from core.store.tables.device import (
    DeviceAlarmRow,
    DeviceRow,
    EnrolmentCodeRow,
    RefreshTokenRow,
    SecretRow,
    UserGrantRow,
)
from core.store.tables.feed import SyncClockRow, SyncFloorRow, SyncRow, SyncSumRow, SyncTickRow
from core.store.tables.history import CommandTryRow, EventRow, IdempotencyRow, ProcessedCommandRow, QuarantineRow
from core.store.tables.locker import LockerStayRow
from core.store.tables.message import MessageRow, MessageTemplateRow
from core.store.tables.office import (
    ApiKeyRow,
    ImportRefusalRow,
    ImportRunRow,
    OfficeSessionRow,
    SalesReturnRow,
    SignInFailureRow,
)
from core.store.tables.order import (
    CustomerRow,
    DecisionRow,
    OrderLegRow,
    OrderLineRow,
    OrderRow,
    OrderTaskRow,
    WaitingHoldRow,
)
from core.store.tables.payment import PaymentRow, RefundRow
from core.store.tables.promise import CarrierServiceRow, DeliveryMethodRow, PromiseRow
from core.store.tables.ruleset import PublicationRow, ReplayRow
from core.store.tables.stock import MovementRow, PositionRow
from core.store.tables.work import (
    FulfilmentLineRow,
    FulfilmentRow,
    ManifestParcelRow,
    ManifestRow,
    OfferCopyRow,
    OfferRow,
    ParcelItemRow,
    ParcelRow,
    PickRunRow,
)

METADATA = CoreRow.metadata

accounts = table_of(AccountRow)
divisions = table_of(DivisionRow)
locations = table_of(LocationRow)
location_divisions = table_of(LocationDivisionRow)
location_closures = table_of(LocationClosureRow)
users = table_of(UserRow)
roles = table_of(RoleRow)
assignments = table_of(AssignmentRow)

devices = table_of(DeviceRow)
user_grants = table_of(UserGrantRow)
enrolment_codes = table_of(EnrolmentCodeRow)
refresh_tokens = table_of(RefreshTokenRow)
secrets = table_of(SecretRow)

categories = table_of(CategoryRow)
products = table_of(ProductRow)
variants = table_of(VariantRow)
barcodes = table_of(BarcodeRow)
images = table_of(ImageRow)

positions = table_of(PositionRow)
movements = table_of(MovementRow)

virtual_catalogues = table_of(VirtualCatalogueRow)
stock_rules = table_of(StockRuleRow)
stock_rule_clocks = table_of(StockRuleClockRow)
location_slots = table_of(LocationSlotRow)
atp = table_of(AtpRow)
atp_remakes = table_of(AtpRemakeRow)
segments = table_of(SegmentRow)
declarations = table_of(DeclarationRow)
inbound = table_of(InboundRow)
inbound_promises = table_of(InboundPromiseRow)
stock_sheets = table_of(StockSheetRow)

customers = table_of(CustomerRow)
orders = table_of(OrderRow)
order_lines = table_of(OrderLineRow)
decisions = table_of(DecisionRow)
order_tasks = table_of(OrderTaskRow)
order_legs = table_of(OrderLegRow)
waiting_holds = table_of(WaitingHoldRow)

fulfilments = table_of(FulfilmentRow)
fulfilment_lines = table_of(FulfilmentLineRow)
parcels = table_of(ParcelRow)
parcel_items = table_of(ParcelItemRow)
pick_runs = table_of(PickRunRow)
collections = table_of(CollectionRow)
handovers = table_of(HandoverRow)
messages = table_of(MessageRow)
payments = table_of(PaymentRow)
locker_stays = table_of(LockerStayRow)
refunds = table_of(RefundRow)
message_templates = table_of(MessageTemplateRow)
manifests = table_of(ManifestRow)
manifest_parcels = table_of(ManifestParcelRow)
offers = table_of(OfferRow)
offer_copies = table_of(OfferCopyRow)

events = table_of(EventRow)
processed_commands = table_of(ProcessedCommandRow)
command_tries = table_of(CommandTryRow)
quarantine = table_of(QuarantineRow)
device_alarms = table_of(DeviceAlarmRow)
idempotency = table_of(IdempotencyRow)

sync_rows = table_of(SyncRow)
sync_clocks = table_of(SyncClockRow)
sync_ticks = table_of(SyncTickRow)
sync_sums = table_of(SyncSumRow)
sync_floors = table_of(SyncFloorRow)

rulesets = table_of(RulesetRow)
publications = table_of(PublicationRow)
replays = table_of(ReplayRow)
reasons = table_of(ReasonRow)
carriers = table_of(CarrierRow)
packagings = table_of(PackagingRow)
jobs = table_of(JobRow)

carrier_services = table_of(CarrierServiceRow)
delivery_methods = table_of(DeliveryMethodRow)
promises = table_of(PromiseRow)

office_sessions = table_of(OfficeSessionRow)
sign_in_failures = table_of(SignInFailureRow)
api_keys = table_of(ApiKeyRow)
import_runs = table_of(ImportRunRow)
import_refusals = table_of(ImportRefusalRow)
sales_returns = table_of(SalesReturnRow)
