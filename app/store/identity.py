"""The device's identity in a file that only its owner can read, replaced as a whole and never half."""

import os
from pathlib import Path

import msgspec

from sync.identity import Credentials

FILE = "identity.json"


class FileIdentity:
    """See `sync.identity.Identity`. `folder`: the device's own."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE
        self._known: Credentials | None = None

    def load(self) -> Credentials | None:
        """Raises msgspec.MsgspecError where the file is not ours: a device never quietly becomes a new one."""
        if self._known is None and self._path.exists():
            self._known = msgspec.json.decode(self._path.read_bytes(), type=Credentials)
        return self._known

    def save(self, credentials: Credentials) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        new = self._path.with_suffix(".new")
        new.unlink(missing_ok=True)
        handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(msgspec.json.encode(credentials))
            file.flush()
            os.fsync(file.fileno())
        os.replace(new, self._path)
        self._known = credentials

    def forget(self) -> None:
        self._path.unlink(missing_ok=True)
        self._known = None
