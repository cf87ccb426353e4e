"""Answers a scan to eye, ear and hand at once; a device that cannot sound or shake still shows the colour."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal, Protocol

import flet as ft
import flet_audio as fa

logger = logging.getLogger("app.devices")
Verdict = Literal["ok", "warn", "error"]
Sound = Literal["ok", "again", "warn", "error"]
FLASH_S = 0.7
RING = "sounds/offer.wav"
SOUNDS: dict[Sound, str] = {
    "ok": "sounds/ok.wav",
    "again": "sounds/again.wav",
    "warn": "sounds/warn.wav",
    "error": "sounds/error.wav",
}


class Feedback(Protocol):
    """`sounds` False: seen and felt only."""

    sounds: bool

    def give(self, verdict: Verdict, words: str = "") -> None:
        """Returns at once; call inside the page's context. `words`: what the screen says, for what lies over it."""

    def ring(self) -> None:
        """Something new wants an answer: heard and felt, whatever is on the screen. As `give`."""


@dataclass(eq=False)
class Flash(ft.Observable):
    """The colour on the screen now, None when it has faded. `count` tells two equal answers in a row apart.

    `said`: the last verdict and its words, which stay.
    """

    verdict: Verdict | None = None
    count: int = 0
    said: tuple[Verdict, str] | None = None


class FletFeedback:
    """One per page, kept as long as the page: Flet drops services nobody refers to.

    `counts_again`: whether what is being answered counts once more what counted just now; it sounds different.
    """

    def __init__(
        self, page: ft.Page, flash: Flash, flash_s: float = FLASH_S, counts_again: Callable[[], bool] = lambda: False
    ) -> None:
        self._page = page
        self._flash = flash
        self._counts_again = counts_again
        self._flash_s = flash_s
        self.sounds = True
        self._haptic = ft.HapticFeedback()
        self._sounds = {sound: fa.Audio(src=src, release_mode=fa.ReleaseMode.STOP) for sound, src in SOUNDS.items()}
        self._ring = fa.Audio(src=RING, release_mode=fa.ReleaseMode.STOP)

    def give(self, verdict: Verdict, words: str = "") -> None:
        self._flash.count += 1
        self._flash.verdict = verdict
        self._flash.said = (verdict, words) if words else None
        # The browser is away: nobody hears, and no task may start.
        if getattr(self._page.session, "connection", None) is None:
            return
        self._page.run_task(self._fade, self._flash.count)
        if self.sounds:
            sound: Sound = "again" if verdict == "ok" and self._counts_again() else verdict
            self._page.run_task(self._attempt, self._sounds[sound].play)
        shakes = {"ok": self._haptic.light_impact, "warn": self._haptic.medium_impact, "error": self._haptic.vibrate}
        self._page.run_task(self._attempt, shakes[verdict])

    def ring(self) -> None:
        if self.sounds:
            self._page.run_task(self._attempt, self._ring.play)
        self._page.run_task(self._attempt, self._haptic.heavy_impact)

    async def _fade(self, count: int) -> None:
        await asyncio.sleep(self._flash_s)
        if self._flash.count == count:
            self._flash.verdict = None

    async def _attempt(self, act: Callable[[], Awaitable[None]]) -> None:
        """A browser without a click yet refuses sound, a desktop has nothing to shake: the colour has said it."""
        try:
            await act()
        except RuntimeError as refused:
            logger.info("no sound or shake: %s", refused)
