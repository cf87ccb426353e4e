"""Tablets and their keys: enrolment codes, devices, refresh token families, own secrets. Only hashes are kept."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, LargeBinary
from sqlmodel import Field

from core.store.columns import CoreRow, document, moment

# Names of secrets.
SIGNING_KEY = "access_token_key"
CORE_KEY = "core_key"  # Ed25519: proves to a device that an order comes from the core


class DeviceRow(CoreRow, table=True):
    __tablename__ = "device"
    id: str = Field(primary_key=True)
    number: int = Field(unique=True)  # its range of parcel numbers, 0 to 9999
    location_id: str = Field(foreign_key="location.id", index=True)
    name: str = ""
    public_key: str = ""  # Ed25519 in hexadecimal; "" where an app that knew no keys enrolled it
    state: str = "active"  # "active" | "suspended" | "revoked"
    enrolled_at: datetime = moment()
    last_seen_at: datetime | None = moment(default=None)
    revoked_at: datetime | None = moment(default=None)
    # Core clock minus device clock, as its commands say; None before the first one. Nothing is ever ordered by it.
    clock_offset_ms: int | None = Field(default=None, sa_type=BigInteger)


class EnrolmentCodeRow(CoreRow, table=True):
    """One-time, bound to a store. `reusable` exists for the demo only."""

    __tablename__ = "enrolment_code"
    id: str = Field(primary_key=True)
    code_hash: str = Field(unique=True)
    location_id: str = Field(foreign_key="location.id")
    created_at: datetime = moment()
    created_by: str = ""
    expires_at: datetime = moment()
    used_at: datetime | None = moment(default=None)
    device_id: str = ""
    reusable: bool = False


class RefreshTokenRow(CoreRow, table=True):
    """Each refresh makes a child and uses up its parent; a used one that comes again is a copied one."""

    __tablename__ = "refresh_token"
    __table_args__ = (Index("ix_refresh_token_parent", "parent_id"),)
    id: str = Field(primary_key=True)
    device_id: str = Field(foreign_key="device.id", index=True)
    family_id: str
    parent_id: str = ""
    token_hash: str = Field(unique=True)
    issued_at: datetime = moment()
    expires_at: datetime = moment()
    used_at: datetime | None = moment(default=None)
    replaced_at: datetime | None = moment(default=None)  # given out again because the answer was lost


class DeviceAlarmRow(CoreRow, table=True):
    """Something is wrong with what a tablet holds. One open row per device, kind and part, however often it is told."""

    __tablename__ = "device_alarm"
    __table_args__ = (
        Index("ix_device_alarm_open", "resolved_at", "first_at"),
        Index("ix_device_alarm_device", "device_id"),
    )
    id: str = Field(primary_key=True)
    device_id: str
    location_id: str
    kind: str  # see core.service.alarms
    part: str = ""  # the group of partitions it is about
    cursor: str = ""
    data: dict[str, Any] = document(dict)
    times: int = 1
    first_at: datetime = moment()
    last_at: datetime = moment()
    resolved_at: datetime | None = moment(default=None)
    resolved_by: str = ""


class UserGrantRow(CoreRow, table=True):
    """A sign-in on a device that the core confirmed."""

    __tablename__ = "user_grant"
    __table_args__ = (Index("ix_user_grant_device", "device_id", "user_id"),)
    id: str = Field(primary_key=True)
    device_id: str = Field(foreign_key="device.id")
    user_id: str = Field(foreign_key="app_user.id")
    issued_at: datetime = moment()
    expires_at: datetime = moment()


class SecretRow(CoreRow, table=True):
    __tablename__ = "secret"
    name: str = Field(primary_key=True)
    value: bytes = Field(sa_type=LargeBinary)
    created_at: datetime = moment()
