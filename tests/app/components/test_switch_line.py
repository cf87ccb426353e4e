"""A switch has its words beside it, and both are one to press and to hear."""

import flet as ft

from app.components.switch_line import switch_line


def test_words_and_switch_are_one_line() -> None:
    line = switch_line("A long sentence about what it does", True, lambda _is_on: None, "some-switch")
    assert isinstance(line, ft.MergeSemantics)
    tile = line.content
    assert isinstance(tile, ft.ListTile)
    assert tile.toggle_inputs
    assert isinstance(tile.trailing, ft.Switch)
    assert (tile.trailing.key, tile.trailing.value) == ("some-switch", True)
    assert isinstance(tile.title, ft.Text)
    assert tile.title.value == "A long sentence about what it does"
