"""The device's identity in a file that only its owner can read, replaced as a whole and never half."""

from pathlib import Path

import msgspec

from app.store.keys import write_private
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

    def device_id(self) -> str:
        """ "" before it is enrolled."""
        known = self.load()
        return known.device_id if known else ""

    def save(self, credentials: Credentials) -> None:
        write_private(self._path, msgspec.json.encode(credentials))
        self._known = credentials

    def forget(self) -> None:
        self._path.unlink(missing_ok=True)
        self._known = None
