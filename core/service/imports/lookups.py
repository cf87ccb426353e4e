"""Codes that files use for brands and places, read once per import."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, select

from core.adapters.delimited import Row
from core.service.imports.fields import RowRefused, key
from core.store import tables as t


@dataclass(frozen=True, slots=True)
class Brand:
    id: str
    account_id: str
    currency: str
    brand: str


@dataclass(frozen=True, slots=True)
class Lookups:
    """By code and by id."""

    brands: Mapping[str, Brand]
    locations: Mapping[str, str]

    def brand(self, row: Row, name: str = "division") -> Brand:
        found = self.brands.get(row.values.get(name, ""))
        if found is None:
            known = ", ".join(sorted(self.brands)[:10])
            raise RowRefused(
                "division_unknown", name, row.values.get(name, ""), f"Use the code of a division: {known}."
            )
        return found

    def location(self, row: Row, name: str = "location") -> str:
        code = key(row, name)
        if code not in self.locations:
            raise RowRefused("location_unknown", name, code, "Use the code of a location.")
        return self.locations[code]


def read(connection: Connection) -> Lookups:
    d, places = t.divisions.c, t.locations.c
    brands: dict[str, Brand] = {}
    for row in connection.execute(select(d.id, d.code, d.account_id, d.currency, d.brand)):
        brands[row.code] = brands[row.id] = Brand(row.id, row.account_id, row.currency, row.brand)
    locations: dict[str, str] = {}
    for row in connection.execute(select(places.id, places.code)):
        locations[row.code] = locations[row.id] = row.id
    return Lookups(brands, locations)
