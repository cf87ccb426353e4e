"""The device's own key: what it asks for is signed with it, so that its tokens are of no use to anybody else."""

from datetime import datetime
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from core.contract import signing
from core.contract.signing import Asked, Proof


class Signer(Protocol):
    """`public_key`: Ed25519 in hexadecimal."""

    @property
    def public_key(self) -> str: ...

    def sign(self, message: bytes) -> bytes: ...


class SeedSigner:
    """`seed`: the 32 random bytes that are the private key."""

    def __init__(self, seed: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.public_key = self._key.public_key().public_bytes_raw().hex()

    def sign(self, message: bytes) -> bytes:
        return self._key.sign(message)


def proof_headers(signer: Signer | None, asked: Asked, at: datetime, nonce: str) -> dict[str, str]:
    """`at`: by the core's clock as far as it is known. Empty for a device without a key."""
    if signer is None:
        return {}
    time_ms = int(at.timestamp() * 1000)
    signature = signer.sign(signing.message(asked, time_ms, nonce)).hex()
    return signing.headers(Proof(time_ms, nonce, signature))


def is_wipe_order(core_key: str, device_id: str, at_ms: object, signature: object) -> bool:
    """Whether the core itself tells this device to forget everything: a proxy or a false core cannot."""
    if not isinstance(at_ms, int) or not isinstance(signature, str):
        return False
    if not signing.is_hex(core_key, signing.KEY_BYTES) or not signing.is_hex(signature, signing.SIGNATURE_BYTES):
        return False
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(core_key))
        key.verify(bytes.fromhex(signature), signing.wipe_message(device_id, at_ms))
    except InvalidSignature:
        return False
    return True
