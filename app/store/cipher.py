"""AES-256-GCM of short texts, bound to what they are about."""

from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Callable
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES: Final = 12


def encrypt(key: bytes, about: str, content: bytes, random_bytes: Callable[[int], bytes]) -> str:
    """`key`: 32 bytes. Base64 of nonce and text."""
    nonce = random_bytes(NONCE_BYTES)
    return b64encode(nonce + AESGCM(key).encrypt(nonce, content, about.encode())).decode()


def decrypt(key: bytes, about: str, text: str) -> bytes | None:
    """None for what another key made, what is about something else, or what is damaged."""
    try:
        content = b64decode(text, validate=True)
        return AESGCM(key).decrypt(content[:NONCE_BYTES], content[NONCE_BYTES:], about.encode())
    except (InvalidTag, NotBase64, ValueError):
        return None
