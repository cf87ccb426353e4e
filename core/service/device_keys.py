"""Keys of devices and of the core itself: who signed a request, and the order to wipe that only the core can give.

Keys and signatures are Ed25519, raw, in hexadecimal.
"""

from datetime import datetime
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from sqlalchemy import Connection, select

from core.contract import signing
from core.store import tables as t
from core.store.tables.device import CORE_KEY


def is_public_key(text: str) -> bool:
    return signing.is_hex(text, signing.KEY_BYTES)


def is_signed_by(public_key: str, message: bytes, signature: str) -> bool:
    """False as well for what is no key or no signature at all."""
    if not is_public_key(public_key) or not signing.is_hex(signature, signing.SIGNATURE_BYTES):
        return False
    try:
        _public(public_key).verify(bytes.fromhex(signature), message)
    except InvalidSignature:
        return False
    return True


@lru_cache(maxsize=8192)
def _public(public_key: str) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key))


def core_key(connection: Connection) -> str:
    """The public half of the core's own key: devices learn it when they are enrolled."""
    return private_key(connection).public_key().public_bytes_raw().hex()


def wipe_order(connection: Connection, device_id: str, at: datetime) -> dict[str, str | int]:
    """`wipe_at_ms` and `wipe`, the signature that proves the order to this one device."""
    at_ms = int(at.timestamp() * 1000)
    return {"wipe_at_ms": at_ms, "wipe": private_key(connection).sign(signing.wipe_message(device_id, at_ms)).hex()}


def private_key(connection: Connection) -> Ed25519PrivateKey:
    """The core's own."""
    secret = connection.execute(select(t.secrets.c.value).where(t.secrets.c.name == CORE_KEY)).scalar_one()
    return Ed25519PrivateKey.from_private_bytes(secret)
