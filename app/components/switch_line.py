"""A switch with its words, however long they are: the whole line is pressed."""

from collections.abc import Callable

import flet as ft


def switch_line(words: str, is_on: bool, choose: Callable[[bool], None], key: str) -> ft.Control:
    """`key`: of the switch. A screen reader hears words and switch as one."""
    switch = ft.Switch(value=is_on, key=key, on_change=lambda e: choose(bool(e.control.value)))
    line = ft.ListTile(title=ft.Text(words), trailing=switch, toggle_inputs=True, content_padding=ft.Padding.all(0))
    return ft.MergeSemantics(line)
