"""Requests of a device that has a key are its own, and each is heard once: a token alone opens nothing.

Numbers used once are remembered in this process, for as long as the time in a proof is accepted. Another process of
the same core may hear a request again in that time; pulls only read, and a push that is repeated has no second effect.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from starlette.types import Scope

from core.contract import signing
from core.contract.signing import Asked
from core.http.problems import ProblemError
from core.service import device_keys
from core.service.devices import Device

WINDOW: Final = timedelta(minutes=5)  # by how much the clock of a device may be wrong after it was measured
MOST_NONCES: Final = 1_000_000


class Proofs:
    """Of one process. A nonce is kept for one to two windows on each side of now."""

    def __init__(self) -> None:
        self._used: set[tuple[str, str]] = set()
        self._before: set[tuple[str, str]] = set()
        self._turned_at: datetime | None = None

    def check(self, device: Device, asked: Asked, headers: Mapping[str, str], at: datetime) -> None:
        """401 `signature_missing`, `signature_invalid`, `signature_expired` (see `Date`), `signature_replayed`."""
        if not device.public_key:
            return
        proof = signing.read(headers)
        if proof is None:
            raise ProblemError(401, "signature_missing", detail="Sign the request with the device's key.")
        if abs(at.timestamp() * 1000 - proof.time_ms) > WINDOW / timedelta(milliseconds=1):
            raise ProblemError(401, "signature_expired", detail="Measure the clock against the Date of this answer.")
        message = signing.message(asked, proof.time_ms, proof.nonce)
        if not device_keys.is_signed_by(device.public_key, message, proof.signature):
            raise ProblemError(401, "signature_invalid", detail="The request was not signed with the device's key.")
        if not self._is_new((device.id or device.public_key, proof.nonce), at):
            raise ProblemError(401, "signature_replayed", detail="This request was heard before.")

    def _is_new(self, nonce: tuple[str, str], at: datetime) -> bool:
        # A proof may be from one window ahead and is then good for two.
        if self._turned_at is None or at - self._turned_at > 2 * WINDOW or len(self._used) >= MOST_NONCES:
            self._used, self._before, self._turned_at = set(), self._used, at
        if nonce in self._used or nonce in self._before:
            return False
        self._used.add(nonce)
        return True


def target_of(scope: Scope) -> str:
    """Path and query as they were sent."""
    path: bytes = scope.get("raw_path") or scope["path"].encode()
    query: bytes = scope.get("query_string", b"")
    return (path.split(b"?")[0] + (b"?" + query if query else b"")).decode("latin-1")
