"""Customers: one row each, found again by number. Columns: number, name; and see docs/imports.md."""

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import Connection

from core.adapters.delimited import Row
from core.service import customers
from core.service.cause import Cause
from core.service.customers import Customer
from core.service.imports.engine import EachRow, Parsed
from core.service.imports.fields import RowRefused, key, text


def address(row: Row, name: str) -> dict[str, str]:
    """Empty where the row has no town."""
    found = {field: text(row, field) for field in ("street", "postcode", "town", "phone", "email")}
    country = text(row, "country").upper()
    if not found["town"]:
        return {}
    if len(country) != 2:
        raise RowRefused("country_malformed", "country", country, "Use the two letters of ISO 3166, for example FR.")
    return {"name": name, "country": country} | found


class Customers(EachRow[Customer]):
    kind = "customers"
    required = frozenset({"number", "name"})

    def __init__(self, account_id: str) -> None:
        self._account_id = account_id

    def parse(self, row: Row) -> Customer:
        name = text(row, "name", required=True)
        email = text(row, "email")
        if email and "@" not in email[1:-1]:
            raise RowRefused("email_malformed", "email", email, "Write an address like name@example.org, or nothing.")
        place = address(row, name)
        return Customer(
            number=key(row, "number"),
            name=name,
            email=email,
            phone=text(row, "phone", longest=40),
            language=text(row, "language", longest=8),
            addresses=(place,) if place else (),
        )

    def write(self, connection: Connection, cause: Cause, batch: Sequence[Parsed[Customer]]) -> Counter[str]:
        put = (customers.put(connection, cause, self._account_id, parsed.value) for parsed in batch)
        return Counter(what for _, what in put)
