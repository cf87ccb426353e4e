"""What the core says of somebody who signed in on a tablet while it could be asked."""

from dataclasses import dataclass
from datetime import datetime

# The answer to something that only a confirmed sign-in may do: money. A fact stays with head office.
GRANT_EXPIRED = "grant_expired"


@dataclass(frozen=True, slots=True)
class UserGrant:
    """`token`: signed by the core's own key (JWT, EdDSA). `pin_hash`: for signing in without the core, argon2id.

    Until `expires_at` what the person does on this device without the network counts as theirs; the length is the
    person's own.
    """

    user_id: str
    location_id: str
    roles: tuple[str, ...]
    issued_at: datetime
    expires_at: datetime
    token: str
    pin_hash: str


@dataclass(frozen=True, slots=True)
class PairingCode:
    """Pairs one more device with the store, once. `payload`: what its QR code says."""

    code: str
    payload: str
    expires_at: datetime
