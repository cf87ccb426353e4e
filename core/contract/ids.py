"""Identifiers are made where the thing is made, offline too: UUIDv7 from a time and randomness given as arguments."""

from datetime import UTC, datetime


def uuid7(at: datetime, random_bytes: bytes) -> str:
    """RFC 9562 version 7: 48 bits of Unix milliseconds, 74 random bits. `random_bytes`: 10 bytes.

    Raises ValueError where `at` is naive or the randomness is too short.
    """
    if at.tzinfo is None or len(random_bytes) < 10:
        raise ValueError("uuid7 needs an aware time and 10 random bytes")
    ms = int(at.timestamp() * 1000) & ((1 << 48) - 1)
    random = int.from_bytes(random_bytes[:10], "big")
    high, low = (random >> 62) & 0xFFF, random & ((1 << 62) - 1)
    digits = f"{(ms << 80) | (0x7 << 76) | (high << 64) | (0b10 << 62) | low:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def made_at(id: str) -> datetime:
    """When a UUIDv7 was made, to the millisecond."""
    return datetime.fromtimestamp(int(id.replace("-", "")[:12], 16) / 1000, UTC)
