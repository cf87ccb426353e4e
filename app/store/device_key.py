"""The key this device signs its requests with, by the device it is of: pairing again makes a new one."""

from collections.abc import Mapping

import msgspec

from app.store.keys import SIGNING, Keys
from sync.signing import SeedSigner


class DeviceKey:
    """A key that was kept is there before the identity is that it belongs to; a crash between them loses nothing."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        self._signers: dict[str, SeedSigner] = {}

    def signer(self, device_id: str) -> SeedSigner | None:
        """None: this device has no key."""
        if device_id not in self._signers:
            seed = self._seeds().get(device_id)
            if seed is None:
                return None
            self._signers[device_id] = SeedSigner(seed)
        return self._signers[device_id]

    async def keep(self, device_id: str, seed: bytes) -> None:
        """Beside the one of the identity that is still in use."""
        await self._write({**self._seeds(), device_id: seed})

    async def keep_only(self, device_id: str) -> None:
        await self._write({known: seed for known, seed in self._seeds().items() if known == device_id})

    async def forget(self) -> None:
        self._signers.clear()
        await self._keys.forget(SIGNING)

    def _seeds(self) -> Mapping[str, bytes]:
        known = self._keys.get(SIGNING)
        return {} if known is None else msgspec.json.decode(known, type=dict[str, bytes])

    async def _write(self, seeds: Mapping[str, bytes]) -> None:
        self._signers.clear()
        await self._keys.keep(SIGNING, msgspec.json.encode(seeds))
