"""Which languages the user of this device reads, as its platform tells: for the app before a language was chosen."""

import flet as ft


async def preferred_languages(page: ft.Page) -> list[str]:
    """Language codes ("fr", "zh"), the best known first; empty where the platform tells none, or does not answer."""
    try:
        info = await page.get_device_info()
    except (RuntimeError, TimeoutError):
        return []
    return [locale.language_code for locale in info.locales] if info else []
