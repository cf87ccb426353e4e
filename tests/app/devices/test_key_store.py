"""On a phone keys lie in the platform's key store; on a desktop and behind a browser in a file for its owner."""

from pathlib import Path

import flet as ft

from app.devices.key_store import PlatformKeys, device_keys
from app.store.keys import DATA, SIGNING, FileKeys
from tests.support.devices import FakeIdentityStore
from tests.support.flet_harness import flet_main


async def test_keys_are_written_through_and_read_again() -> None:
    store = FakeIdentityStore()
    keys = await PlatformKeys.open(store)
    await keys.keep(DATA, bytes(range(32)))
    await keys.keep(SIGNING, b"{}")
    assert (await PlatformKeys.open(store)).get(DATA) == bytes(range(32))
    await keys.forget(DATA, SIGNING)
    assert keys.get(DATA) is None
    assert store.values == {}


async def test_the_place_of_the_keys_is_the_platforms(tmp_path: Path) -> None:
    kinds: list[type] = []

    async def main(page: ft.Page) -> None:
        kinds.append(type(await device_keys(page, tmp_path)))
        page.platform = ft.PagePlatform.ANDROID
        kinds.append(type(await device_keys(page, tmp_path)))

    async with flet_main(main, web=False):
        pass
    async with flet_main(main, web=True):
        pass
    assert kinds == [FileKeys, PlatformKeys, FileKeys, FileKeys]
