"""The few secrets of a device: known in memory, kept where the platform keeps such things, deleted for good.

`FileKeys` keeps them in a file that only its owner can read: on desktops, and on the server of the web build, where
the device's folder lies on a machine of the retailer. Phones and tablets: `app.devices.key_store`.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Protocol

import msgspec

FILE: Final = "keys.json"
SIGNING: Final = "signing"  # seeds of Ed25519 keys by device id, as JSON
DATA: Final = "data"  # AES-256: personal data
PEPPER: Final = "pepper"  # AES-256: what PINs are compared with
OUTBOX: Final = "outbox"  # AES-256: what commands say of people; stays until they are handed over
NAMES: Final = (SIGNING, DATA, PEPPER, OUTBOX)
KEY_BYTES: Final = 32


class Keys(Protocol):
    """`keep` and `forget` return when the platform has it."""

    def get(self, name: str) -> bytes | None: ...

    async def keep(self, name: str, value: bytes) -> None: ...

    async def forget(self, *names: str) -> None: ...


class FileKeys:
    """`folder`: the device's own."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE
        self._known: dict[str, bytes] = {}
        if self._path.exists():
            self._known = msgspec.json.decode(self._path.read_bytes(), type=dict[str, bytes])

    def get(self, name: str) -> bytes | None:
        return self._known.get(name)

    async def keep(self, name: str, value: bytes) -> None:
        self._write({**self._known, name: value})

    async def forget(self, *names: str) -> None:
        if not set(names).isdisjoint(self._known):
            self._write({name: value for name, value in self._known.items() if name not in names})

    def _write(self, known: Mapping[str, bytes]) -> None:
        write_private(self._path, msgspec.json.encode(known))
        self._known = dict(known)


def write_private(path: Path, content: bytes) -> None:
    """Replaces the file as a whole; only its owner may read it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)
    handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(new, path)
