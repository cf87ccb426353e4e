"""Keeps the few secrets a device has (token, key of its database) where the platform keeps such things.

Android and iOS: the key store. Desktop: the system's keyring. Browser: the storage of the profile, which every script
of this origin could read, so the web build is for trusted terminals and its tokens are short-lived.
"""

from typing import Protocol

import flet as ft
import flet_secure_storage as fss

PREFIX = "comptoir."


class DeviceIdentityStore(Protocol):
    """Values survive a restart. Names are lower-case words with dots."""

    async def read(self, name: str) -> str | None: ...
    async def write(self, name: str, value: str) -> None: ...
    async def forget(self, name: str) -> None: ...


class BrowserIdentityStore:
    """The profile's own storage: shared by its tabs, unknown to other profiles and to private windows."""

    def __init__(self) -> None:
        self._preferences = ft.SharedPreferences()

    async def read(self, name: str) -> str | None:
        value = await self._preferences.get(PREFIX + name)
        return value if isinstance(value, str) else None

    async def write(self, name: str, value: str) -> None:
        if not await self._preferences.set(PREFIX + name, value):
            raise OSError(f"the browser did not keep {name!r}")

    async def forget(self, name: str) -> None:
        await self._preferences.remove(PREFIX + name)


class SecureIdentityStore:
    """The platform's key store or keyring."""

    def __init__(self) -> None:
        self._storage = fss.SecureStorage()

    async def read(self, name: str) -> str | None:
        value = await self._storage.get(PREFIX + name)
        return value if isinstance(value, str) else None

    async def write(self, name: str, value: str) -> None:
        await self._storage.set(PREFIX + name, value)

    async def forget(self, name: str) -> None:
        await self._storage.remove(PREFIX + name)


def identity_store(page: ft.Page) -> DeviceIdentityStore:
    """Call inside the page's context and keep the result: an unreferenced Flet service stops working."""
    return BrowserIdentityStore() if page.web else SecureIdentityStore()
