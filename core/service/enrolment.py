"""Enrolment codes as people get them: a code to type and the same as a QR code to scan."""

import io
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import segno
from sqlalchemy import Connection, or_, select, update

from core.domain.own_codes import payload
from core.service.devices import CODE_ALPHABET, CODE_LENGTH, CODE_LIFETIME, REUSABLE_LIFETIME, keep_code
from core.service.refusal import Refusal, unknown
from core.store import tables as t


@dataclass(frozen=True, slots=True)
class EnrolmentCode:
    """`payload`: what the QR code says."""

    code: str
    payload: str
    location_id: str
    store: str
    expires_at: datetime


def create(
    connection: Connection,
    location: str,
    at: datetime,
    *,
    created_by: str = "",
    reusable: bool = False,
) -> EnrolmentCode | Refusal:
    """`location`: code or id of the store."""
    places = t.locations.c
    query = select(places.id, places.name).where(or_(places.code == location, places.id == location), places.active)
    place = connection.execute(query).first()
    if place is None:
        return unknown("location", location)
    code = "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))
    keep_code(connection, code, place.id, at, reusable)
    c = t.enrolment_codes.c
    mine = (c.location_id == place.id) & (c.created_at == at) & (c.created_by == "")
    connection.execute(update(t.enrolment_codes).where(mine).values(created_by=created_by))
    expires_at = at + (REUSABLE_LIFETIME if reusable else CODE_LIFETIME)
    return EnrolmentCode(code, payload("enrol", code), place.id, place.name, expires_at)


def qr_image(payload: str, kind: Literal["svg", "png"]) -> bytes:
    """With the quiet zone that scanners need."""
    image = io.BytesIO()
    segno.make(payload, error="m", micro=False).save(image, kind=kind, scale=8, border=4)
    return image.getvalue()


def svg_data_uri(payload: str) -> str:
    """The QR code as an address that a browser draws without a further request."""
    return str(segno.make(payload, error="m", micro=False).svg_data_uri(scale=8, border=4))
