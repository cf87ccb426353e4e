"""Who the retailer is and who works there: account, divisions, locations, users, roles, assignments."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field

from core.store.columns import CoreRow, document, moment


class AccountRow(CoreRow, table=True):
    """The retailer. `company_prefix`: GS1, 6 to 10 digits, for parcel numbers."""

    __tablename__ = "account"
    id: str = Field(primary_key=True)
    name: str
    company_prefix: str = "0000000"
    created_at: datetime = moment()


class DivisionRow(CoreRow, table=True):
    __tablename__ = "division"
    id: str = Field(primary_key=True)
    account_id: str = Field(foreign_key="account.id", index=True)
    code: str = Field(unique=True)
    name: str
    brand: str
    colour: str = "#444444"
    currency: str = "EUR"
    country: str = "FR"
    process: dict[str, Any] = document(dict)
    collect: dict[str, Any] = document(dict)  # core.domain.collect_terms
    customer_states: dict[str, Any] = document(dict)  # only what differs; `core.domain.customer_states`
    language: str = ""  # of messages to customers who named none; "": English
    version: int = 1


class LocationRow(CoreRow, table=True):
    __tablename__ = "location"
    id: str = Field(primary_key=True)
    account_id: str = Field(foreign_key="account.id", index=True)
    code: str = Field(unique=True)
    name: str
    kind: str  # "store" | "warehouse"
    street: str = ""
    postcode: str = ""
    town: str = ""
    country: str = "FR"
    timezone: str = "Europe/Paris"
    zones: list[str] = document(list)
    process: dict[str, Any] = document(dict)
    collect: dict[str, Any] = document(dict)  # only what differs from the division's
    phone: str = ""
    latitude: float = 0.0
    longitude: float = 0.0
    demo: bool = False
    active: bool = True
    capacity_per_day: int | None = None  # None: not limited; 0 stops new work
    priority: int = 0
    # {"week": [[["09:00", "19:00"]], ... Monday first], "special": {"2026-12-24": [["09:00", "16:00"]]}}; {}: always
    hours: dict[str, Any] = document(dict)
    offers_paused_until: datetime | None = moment(default=None)
    offers_said_at: datetime | None = moment(default=None)  # when a manager last paused offers or took them again
    version: int = 1


class LocationDivisionRow(CoreRow, table=True):
    """Which brands a location works for."""

    __tablename__ = "location_division"
    location_id: str = Field(foreign_key="location.id", primary_key=True)
    division_id: str = Field(foreign_key="division.id", primary_key=True, index=True)


class UserRow(CoreRow, table=True):
    __tablename__ = "app_user"  # "user" is a reserved word in PostgreSQL
    id: str = Field(primary_key=True)
    account_id: str = Field(foreign_key="account.id", index=True)
    login: str = Field(unique=True)
    name: str
    language: str = "en"
    pin_hash: str = ""
    password_hash: str = ""
    active: bool = True
    demo_pin: str = ""
    offline_hours: int = 72  # how long a sign-in that the core confirmed counts without it
    version: int = 1
    created_at: datetime = moment()


class RoleRow(CoreRow, table=True):
    __tablename__ = "role"
    id: str = Field(primary_key=True)
    account_id: str = Field(foreign_key="account.id", index=True)
    name: str
    permissions: list[str] = document(list)


class AssignmentRow(CoreRow, table=True):
    """A user has a role: everywhere (both None), in one division, at one location, or there for one division."""

    __tablename__ = "assignment"
    __table_args__ = (Index("ix_assignment_user", "user_id"), Index("ix_assignment_location", "location_id"))
    id: str = Field(primary_key=True)
    user_id: str = Field(foreign_key="app_user.id")
    role_id: str = Field(foreign_key="role.id")
    division_id: str | None = Field(default=None, foreign_key="division.id")
    location_id: str | None = Field(default=None, foreign_key="location.id")
