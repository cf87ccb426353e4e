"""The answer to what a person just did: colour, icon and words at once, until the next answer."""

from collections.abc import Callable

import flet as ft

from app.context import use_workplace
from app.theme import RADIUS, SPACE_M, SPACE_S, TOUCH_TARGET_DP, Meaning, bold, is_dark, tone
from app.ui import key, part, use_translations, use_ui
from app.words import meaning, say
from core.domain.outcome import Outcome


@part
def AnswerBanner(kind: Meaning, text: str) -> ft.Control:
    """Draws nothing while there is no text. A screen reader says it when it changes."""
    if not text:
        return ft.Container(key="answer-none", visible=False)
    look = tone(kind, is_dark(ft.context.page))
    # One tile instead of a row of parts: it is drawn with every scan.
    line = ft.ListTile(
        leading=look.icon,
        title=ft.Text(text, key=key("answer", kind, "text"), style=bold(size=16), color=look.ink),
        icon_color=look.ink,
        min_height=TOUCH_TARGET_DP,
        min_vertical_padding=SPACE_S,
        content_padding=ft.Padding.symmetric(horizontal=SPACE_M),
        horizontal_spacing=SPACE_M,
    )
    box = ft.Container(line, key="answer-banner", bgcolor=look.fill, border_radius=RADIUS)
    return ft.Semantics(content=box, live_region=True)


def use_answer() -> tuple[ft.Control, Callable[[Outcome], None]]:
    """`banner, answer = use_answer()`. `answer(outcome)` after an action: banner, sound, flash, and every screen of the
    work reads again. Call it at the top of a screen, and place the banner where it is seen."""
    _, ui, workplace = use_translations(), use_ui(), use_workplace()
    last, set_last = ft.use_state((None, 0))

    def answer(outcome: Outcome) -> None:
        set_last(lambda before: (outcome, before[1] + 1))
        kind = meaning(outcome)
        if kind != "info":
            ui.feedback.give(kind)
        workplace.changed("work")

    outcome: Outcome | None = last[0]
    banner = AnswerBanner(meaning(outcome), say(_, outcome)) if outcome else AnswerBanner("info", "")
    return banner, answer
