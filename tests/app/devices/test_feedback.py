"""An answer to a scan shows its colour, plays its sound and shakes; a device that refuses sound loses nothing else."""

import wave
from collections.abc import Awaitable, Callable
from pathlib import Path

import flet as ft

from app.devices.feedback import RING, SOUNDS, Flash, FletFeedback
from tests.support.flet_harness import ClientSideError, flet_main

ASSETS = Path(__file__).resolve().parents[3] / "assets"


async def test_colour_sound_and_haptic_come_together_and_the_colour_fades() -> None:
    flash = Flash()

    def main(page: ft.Page) -> None:
        page.data = FletFeedback(page, flash, flash_s=0.02)

    def refuse(_: object) -> None:
        raise ClientSideError("NotAllowedError: no click yet")

    async with flet_main(main, answers={"play": refuse}) as h:
        h.page.data.give("error")
        assert flash.verdict == "error"
        await h.until(lambda: flash.verdict is None)
        assert {name for name, _ in h.connection.calls} >= {"play", "vibrate"}


async def test_a_second_answer_is_not_faded_by_the_first() -> None:
    flash = Flash()

    def main(page: ft.Page) -> None:
        page.data = FletFeedback(page, flash, flash_s=0.05)

    async with flet_main(main) as h:
        h.page.data.give("ok")
        h.page.data.give("ok")
        assert flash.count == 2
        await h.until(lambda: flash.verdict is None)


async def test_what_counts_once_more_sounds_different_and_the_words_stay() -> None:
    flash, again = Flash(), [False]

    def main(page: ft.Page) -> None:
        page.data = FletFeedback(page, flash, flash_s=0.02, counts_again=lambda: again[0])

    async with flet_main(main) as h:
        played: list[str] = []
        for sound, audio in h.page.data._sounds.items():
            vars(audio)["play"] = _heard(played, sound)
        h.page.data.give("ok", "One of two.")
        again[0] = True
        h.page.data.give("ok", "Two of two.")
        h.page.data.give("error", "Not that one.")
        await h.until(lambda: len(played) == 3)
        assert played == ["ok", "again", "error"]
        await h.until(lambda: flash.verdict is None)
        assert flash.said == ("error", "Not that one.")


def _heard(played: list[str], sound: str) -> Callable[[], Awaitable[None]]:
    async def play() -> None:
        played.append(sound)

    return play


async def test_what_is_new_sounds_and_shakes_and_leaves_the_screen_as_it_is() -> None:
    flash = Flash()

    def main(page: ft.Page) -> None:
        page.data = FletFeedback(page, flash)

    async with flet_main(main) as h:
        h.page.data.ring()
        await h.settle()
        assert {name for name, _ in h.connection.calls} >= {"play", "heavy_impact"}
        assert flash.verdict is None
        h.page.data.sounds = False
        h.connection.calls.clear()
        h.page.data.ring()
        await h.settle()
        assert [name for name, _ in h.connection.calls] == ["heavy_impact"]


def test_the_sounds_are_bundled_and_short() -> None:
    for path in (*SOUNDS.values(), RING):
        with wave.open(str(ASSETS / path)) as sound:
            assert 0.05 < sound.getnframes() / sound.getframerate() < 0.6
