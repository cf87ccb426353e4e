"""The platform's key store as the device's keys: read once at the start, then known in memory."""

from base64 import b64decode, b64encode
from pathlib import Path
from typing import Self

import flet as ft

from app.devices.identity import DeviceIdentityStore, SecureIdentityStore
from app.store.keys import NAMES, FileKeys, Keys

PREFIX = "key."


class PlatformKeys:
    """See `app.store.keys.Keys`. Made by `PlatformKeys.open`."""

    def __init__(self, store: DeviceIdentityStore, known: dict[str, bytes]) -> None:
        self._store = store
        self._known = known

    @classmethod
    async def open(cls, store: DeviceIdentityStore) -> Self:
        found = {name: await store.read(PREFIX + name) for name in NAMES}
        return cls(store, {name: b64decode(text) for name, text in found.items() if text is not None})

    def get(self, name: str) -> bytes | None:
        return self._known.get(name)

    async def keep(self, name: str, value: bytes) -> None:
        await self._store.write(PREFIX + name, b64encode(value).decode())
        self._known[name] = value

    async def forget(self, *names: str) -> None:
        for name in names:
            self._known.pop(name, None)
            await self._store.forget(PREFIX + name)


async def device_keys(page: ft.Page, folder: Path) -> Keys:
    """On Android and iOS in the key store; elsewhere in a file for its owner only. Call inside the page's context."""
    if not page.web and page.platform is not None and page.platform.is_mobile():
        return await PlatformKeys.open(SecureIdentityStore())
    return FileKeys(folder)
