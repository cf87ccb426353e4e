"""Secrets go to the browser's storage on the web and to the platform's key store elsewhere."""

import flet as ft

from app.devices.identity import BrowserIdentityStore, SecureIdentityStore, identity_store
from tests.support.flet_harness import flet_main


async def test_a_value_is_kept_read_and_forgotten() -> None:
    for web, kind in ((True, BrowserIdentityStore), (False, SecureIdentityStore)):
        seen: list[object] = []

        async def main(page: ft.Page, seen: list[object] = seen) -> None:
            store = identity_store(page)
            await store.write("token", "s3cret")
            seen.extend([type(store), await store.read("token")])
            await store.forget("token")
            seen.append(await store.read("token"))

        async with flet_main(main, web=web) as h:
            assert seen == [kind, "s3cret", None]
            assert h.connection.calls[0][1]["key"] == "comptoir.token"
