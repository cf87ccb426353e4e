"""One value that parts of a screen look at: only those that look at it are drawn again, and only when it differs."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import flet as ft
from flet.components.hooks.use_ref import MutableRef

T = TypeVar("T")


@dataclass(eq=False)
class Cell(ft.Observable, Generic[T]):
    """`value` is immutable; assigning an equal one redraws nothing. Read it with `use_cell`."""

    value: T


def use_cell(cell: Cell[T]) -> T:
    """The value; the component that calls this is drawn again when it changes."""
    seen, _set = ft.use_state(cell)
    return seen.value


def use_kept(make: Callable[[], T]) -> T:
    """What `make` gave when the component was drawn first, as long as it stands."""
    kept: MutableRef[Any] = ft.use_ref(None)
    if kept.current is None:
        kept.current = make()
    value: T = kept.current
    return value
