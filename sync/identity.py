"""Who this device is to the core, kept where the platform keeps secrets."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Credentials:
    """`core_url`: no slash at the end. `company_prefix`, `device_number`: for parcel numbers (core.domain.sscc)."""

    core_url: str
    device_id: str
    device_number: int
    location_id: str
    company_prefix: str
    access_token: str
    refresh_token: str


class Identity(Protocol):
    """`load` and `save` are quick and synchronous; None before the device is enrolled."""

    def load(self) -> Credentials | None: ...

    def save(self, credentials: Credentials) -> None: ...

    def forget(self) -> None: ...
