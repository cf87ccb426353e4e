"""A part that looks at one value is drawn again when that value differs, and its neighbours are not."""

import flet as ft

from app.state.cell import Cell, use_cell, use_kept
from app.ui import part, row
from tests.support.flet_harness import flet_part

drawn: list[str] = []


@row
def Look(cell: Cell[str], name: str) -> ft.Control:
    drawn.append(name)
    return ft.Text(use_cell(cell), key=f"look-{name}-text")


@part
def Both() -> ft.Control:
    left, right = use_kept(lambda: Cell("a")), use_kept(lambda: Cell("b"))

    def change(value: str) -> None:
        left.value = value

    return ft.Column(
        [
            Look(left, "left"),
            Look(right, "right"),
            ft.Button("Other", key="both-other-button", on_click=lambda: change("c")),
        ]
    )


async def test_only_who_looks_at_a_value_is_drawn_again_and_only_when_it_differs() -> None:
    drawn.clear()
    async with flet_part(Both) as h:
        await h.click("both-other-button")
        assert h.find("look-left-text").value == "c"
        assert drawn == ["left", "right", "left"]
        await h.click("both-other-button")
        assert drawn == ["left", "right", "left"]
