"""How a device proves that a request is its own: what is signed, and the headers that carry the proof.

The signature is Ed25519 over method, target, hash of the body, time and a number used once, so that a stolen token
alone opens nothing and a request that was overheard cannot be sent again.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

DEVICE: Final = "x-comptoir-device"
TIME: Final = "x-comptoir-time"
NONCE: Final = "x-comptoir-nonce"
SIGNATURE: Final = "x-comptoir-signature"

KEY_BYTES: Final = 32
SIGNATURE_BYTES: Final = 64
SHORTEST_NONCE, LONGEST_NONCE = 16, 64
LATEST_TIME_MS: Final = 2**53


@dataclass(frozen=True, slots=True)
class Proof:
    """`time_ms`: milliseconds since 1970 by the core's clock as the device knows it. `signature`: hexadecimal."""

    time_ms: int
    nonce: str
    signature: str


@dataclass(frozen=True, slots=True)
class Asked:
    """`target`: path and query as the core sees them."""

    method: str
    target: str
    body: bytes = b""


def message(asked: Asked, time_ms: int, nonce: str) -> bytes:
    """What is signed."""
    digest = hashlib.sha256(asked.body).hexdigest()
    return "\n".join(("comptoir-request-1", asked.method, asked.target, digest, str(time_ms), nonce)).encode()


def wipe_message(device_id: str, at_ms: int) -> bytes:
    """What the core signs when a device is to hand over what it holds and forget everything."""
    return f"comptoir-wipe-1\n{device_id}\n{at_ms}".encode()


def headers(proof: Proof) -> dict[str, str]:
    return {TIME: str(proof.time_ms), NONCE: proof.nonce, SIGNATURE: proof.signature}


def read(found: Mapping[str, str]) -> Proof | None:
    """`found`: headers, names in small letters. None where there is no proof, or none that could be one."""
    time, nonce, signature = found.get(TIME, ""), found.get(NONCE, ""), found.get(SIGNATURE, "")
    if not (time.isascii() and time.isdigit() and len(time) <= 16 and int(time) < LATEST_TIME_MS):
        return None
    if not (SHORTEST_NONCE <= len(nonce) <= LONGEST_NONCE and nonce.isascii() and nonce.isprintable()):
        return None
    return Proof(int(time), nonce, signature) if is_hex(signature, SIGNATURE_BYTES) else None


def is_hex(text: str, size: int) -> bool:
    """Whether the text is `size` bytes in small hexadecimal."""
    return len(text) == 2 * size and not set(text) - set("0123456789abcdef")
