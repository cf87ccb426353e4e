"""The answer to what a person just did: colour, icon and words at once, until the next answer."""

from collections.abc import Callable

import flet as ft

from app.context import use_workplace
from app.state.cell import use_kept
from app.theme import RADIUS, SPACE_M, SPACE_S, TOUCH_TARGET_DP, Meaning, bold, is_dark, tone
from app.ui import UiState, key, part, use_translations, use_ui
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


Answer = Callable[[Outcome], None]
Tell = Callable[[Meaning, str], None]


def use_answer() -> tuple[ft.Control, Answer]:
    """`banner, answer = use_answer()`. `answer(outcome)` after an action: banner, sound, flash, and every screen of the
    work reads again. Call it at the top of a screen, and place the banner where it is seen."""
    banner, answer, _tell = use_telling()
    return banner, answer


def use_telling() -> tuple[ft.Control, Answer, Tell]:
    """`use_answer`, and `tell(meaning, sentence)` for what no rule answers: a paper that was printed, or was not."""
    _, ui, workplace = use_translations(), use_ui(), use_workplace()
    first = use_kept(lambda: _carried(ui))
    last, set_last = ft.use_state((*first, 0))

    def show(kind: Meaning, said: Outcome | str) -> None:
        set_last(lambda before: (said, kind, before[2] + 1))
        if kind != "info":
            ui.feedback.give(kind, said if isinstance(said, str) else say(_, said))

    def answer(outcome: Outcome) -> None:
        show(meaning(outcome), outcome)
        workplace.changed("work")

    said: Outcome | str | None = last[0]
    if said is None:
        return AnswerBanner("info", ""), answer, show
    banner = AnswerBanner(last[1], said if isinstance(said, str) else say(_, said))
    return banner, answer, show


def go_saying(ui: UiState, route: str, outcome: Outcome) -> None:
    """To the screen that a scan opens: it shows the answer that was just given, which leaves with the screen before."""
    ui.carried.value = (route, outcome)
    ft.context.page.navigate(route)


def _carried(ui: UiState) -> tuple[Outcome | str | None, Meaning]:
    carried = ui.carried.value
    if carried is None or carried[0] != ft.context.page.route:
        return None, "info"
    ui.carried.value = None
    return carried[1], meaning(carried[1])
