"""Which device a page belongs to: every browser profile is its own device, and so is an installed app.

Two tabs of one profile are one device with two windows: they get the same key, and the program must give them the same
database and the same engine. A reload keeps its Flet session (`main` is not called again) for as long as the server
remembers it (FLET_SESSION_TIMEOUT, one hour), and is a new session with the same key after that. A tab reads the
browser's storage once, when it loads: two tabs that open a new profile in the same second make two keys, of which the
later one stays; the other tab is a device of its own until it is closed.
"""

from urllib.parse import parse_qs, urlparse
from uuid import uuid4

import flet as ft

from app.devices.identity import BrowserIdentityStore

INSTALLED = "device"
KEY_NAME = "profile"


async def profile_key(page: ft.Page) -> str:
    """A random key kept by the browser, made at the first visit; "device" for an installed app. Safe as a file name."""
    if not page.web:
        return INSTALLED
    store = BrowserIdentityStore()
    known = await store.read(KEY_NAME)
    if known is not None and known.isalnum():
        return known
    made = uuid4().hex
    await store.write(KEY_NAME, made)
    return made


def address_parameter(page: ft.Page, name: str) -> str | None:
    """`?pair=CODE` of the address the page stands at; read it before the first navigation."""
    values = parse_qs(urlparse(page.route or "").query).get(name)
    return values[0] if values else None
