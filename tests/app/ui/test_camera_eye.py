"""What one opened camera does for the screen: what it turns out not to be able to do is not offered any longer."""

from typing import Any

import pytest

from app.devices.camera import Abilities
from app.devices.frames import Decoders
from app.devices.scanning import ScanStream
from app.ui.camera_eye import Eye, zoom_steps


@pytest.mark.parametrize(
    ("levels", "steps"),
    [((1.0, 1.0), [1.0]), ((1.0, 2.5), [1.0, 2.0]), ((0.5, 8.0), [1.0, 2.0, 3.0, 5.0]), ((4.0, 4.5), [4.0])],
)
def test_a_camera_is_magnified_in_steps_it_can_take(levels: tuple[float, float], steps: list[float]) -> None:
    assert zoom_steps(levels) == steps


class Lens:
    """Obeys or does not, and remembers what it was asked for."""

    def __init__(self, obeys: bool) -> None:
        self.obeys = obeys
        self.asked: list[Any] = []

    async def light(self, is_on: bool) -> bool:
        self.asked.append(is_on)
        return self.obeys

    async def zoom(self, level: float) -> bool:
        self.asked.append(level)
        return self.obeys

    async def focus(self, x: float, y: float) -> bool:
        self.asked.append((x, y))
        return self.obeys


def eye(obeys: bool) -> tuple[Eye, Lens]:
    opened, lens = Eye(True, ScanStream(), Decoders()), Lens(obeys)
    opened.camera = lens  # type: ignore[assignment]
    opened._opened(Abilities(torch=True, zoom=(1.0, 2.0), focus=True))
    return opened, lens


async def test_light_zoom_and_focus_do_as_they_are_told() -> None:
    opened, lens = eye(obeys=True)
    for act in (opened.light, opened.light, opened.zoom, opened.zoom):
        await act()
    await opened.focus(1.2, -0.1)
    assert lens.asked == [True, False, 2.0, 1.0, (1.0, 0.0)]
    assert (opened.tools.value.lit, opened.tools.value.zoom) == (False, 1.0)


async def test_what_the_camera_refuses_is_not_offered_any_longer() -> None:
    opened, _lens = eye(obeys=False)
    await opened.light()
    await opened.zoom()
    await opened.focus(0.5, 0.5)
    assert opened.tools.value.abilities == Abilities()
    assert not opened.tools.value.lit
