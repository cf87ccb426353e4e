"""Who this device is to the core, kept where the platform keeps secrets."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Credentials:
    """`core_url`: no slash at the end. `company_prefix`, `device_number`: for parcel numbers (core.domain.sscc).

    `core_key`: what the core signs its orders to this device with, "" from a core that gives none.
    """

    core_url: str
    device_id: str
    device_number: int
    location_id: str
    company_prefix: str
    access_token: str
    refresh_token: str
    core_key: str = ""


@dataclass(frozen=True, slots=True)
class Applicant:
    """`code`: the one-time pairing code; `name`: what colleagues call the device.

    `location_id`: the store whose unsent work the device keeps; a code of another store is refused then.
    """

    code: str
    name: str
    location_id: str = ""


class Identity(Protocol):
    """`load` and `save` are quick and synchronous; None before the device is enrolled."""

    def load(self) -> Credentials | None: ...

    def save(self, credentials: Credentials) -> None: ...

    def forget(self) -> None: ...
