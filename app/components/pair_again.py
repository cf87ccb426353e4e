"""The way on for a device that the core shut out or does not know any more; what it holds goes with it."""

import flet as ft

from app.context import use_session
from app.ui import part, use_translations


@part
def PairAgain(name: str, may_return: bool) -> ft.Control:
    """`name`: begins its key. `may_return`: work goes on without the core, so whoever has no code can go back to it."""
    _, session = use_translations(), use_session()

    def again() -> None:
        session.former = session.identity if may_return else None
        session.identity = None
        session.blocked = ""
        session.pair_code = ""  # the code of this window's address was used long ago

    return ft.FilledButton(_("Pair again"), key=f"{name}-pair-button", icon=ft.Icons.LINK, on_click=again, height=48)
