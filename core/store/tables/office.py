"""Head office and integrators: their keys and sessions, and what their imports did."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field

from core.store.columns import CoreRow, document, moment


class OfficeSessionRow(CoreRow, table=True):
    """A signed-in person. Only the token's hash is kept."""

    __tablename__ = "office_session"
    id: str = Field(primary_key=True)
    user_id: str = Field(foreign_key="app_user.id", index=True)
    token_hash: str = Field(unique=True)
    issued_at: datetime = moment()
    expires_at: datetime = moment()
    revoked_at: datetime | None = moment(default=None)


class SignInFailureRow(CoreRow, table=True):
    """Wrong passwords in a row, by login as typed: also for logins that do not exist."""

    __tablename__ = "sign_in_failure"
    login: str = Field(primary_key=True)
    failures: int = 0
    last_at: datetime = moment()
    locked_until: datetime | None = moment(default=None)


class ApiKeyRow(CoreRow, table=True):
    """An integrator's key: may do what its permissions say, everywhere in the account."""

    __tablename__ = "api_key"
    id: str = Field(primary_key=True)
    account_id: str = Field(foreign_key="account.id")
    name: str
    key_hash: str = Field(unique=True)
    permissions: list[str] = document(list)
    created_at: datetime = moment()
    created_by: str = ""
    revoked_at: datetime | None = moment(default=None)


class ImportRunRow(CoreRow, table=True):
    __tablename__ = "import_run"
    __table_args__ = (Index("ix_import_run_started", "started_at"),)
    id: str = Field(primary_key=True)
    kind: str
    source: str = ""  # name of the file
    mapping: str = ""
    user_id: str = ""
    started_at: datetime = moment()
    finished_at: datetime | None = moment(default=None)
    code: str = ""  # why the file as a whole was refused; "" = it was read to its end
    rows: int = 0
    counts: dict[str, int] = document(dict)  # what became of the rows that were taken
    refused: int = 0


class ImportRefusalRow(CoreRow, table=True):
    """A row that was not taken, whole, so that it can be corrected and sent again."""

    __tablename__ = "import_refusal"
    import_id: str = Field(foreign_key="import_run.id", primary_key=True)
    number: int = Field(primary_key=True)
    line: int
    code: str
    field: str = ""
    value: str = ""
    remedy: str = ""
    raw: str = ""


class SalesReturnRow(CoreRow, table=True):
    """Goods that came back according to an import; the app's own returns come with their issue."""

    __tablename__ = "sales_return"
    id: str = Field(primary_key=True)
    account_id: str = Field(foreign_key="account.id")
    division_id: str = Field(foreign_key="division.id")
    number: str = Field(unique=True)
    customer_id: str | None = Field(default=None, foreign_key="customer.id")
    lines: list[dict[str, Any]] = document(list)  # sku, quantity, unit_price_minor
    total_minor: int = 0
    currency: str = "EUR"
    returned_at: datetime = moment()
