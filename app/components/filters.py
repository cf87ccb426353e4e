"""Filters with counts: one row, pushed sideways on a phone; every choice in words with how much it would show."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import flet as ft

from app.components.chip_label import chip_label
from app.components.work_words import age_word, kind_word, service_word, urgency_word
from app.i18n import Translations
from app.theme import SPACE_M, SPACE_S
from app.ui import key, part, use_form_factor, use_translations
from core.domain.worklist import Age, Urgency, WorkFilter, WorkKind

Counts = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class _Choice:
    criterion: str
    value: str
    text: str
    count: int
    chosen: bool


@part
def FilterChips(counts: Counts, asked: WorkFilter, on_ask: Callable[[WorkFilter], None]) -> ft.Control:
    """A choice that would show nothing is left out, unless it is the one that was taken."""
    _, tablet = use_translations(), use_form_factor() == "tablet"
    chips: list[ft.Control] = []
    for group in _groups(_, counts, asked):
        shown = [choice for choice in group if choice.count or choice.chosen]
        if len(shown) < 2 and not any(choice.chosen for choice in shown):
            continue  # nothing to choose between
        if chips:
            chips.append(ft.Container(width=1, height=28, bgcolor=ft.Colors.OUTLINE_VARIANT))
        chips += [_chip(_, choice, asked, on_ask) for choice in shown]
    if not chips:
        return ft.Container(visible=False)
    if tablet:
        inside = ft.Row(chips, spacing=SPACE_S, run_spacing=SPACE_S, wrap=True)
        return ft.Container(inside, key="work-filters", padding=ft.Padding.symmetric(horizontal=SPACE_M))
    # The row runs over both edges of a phone, so that it is seen to go on.
    ends = [ft.Container(width=SPACE_S), ft.Container(width=SPACE_S)]
    return ft.Row([ends[0], *chips, ends[1]], key="work-filters", spacing=SPACE_S, scroll=ft.ScrollMode.HIDDEN)


def _chip(_: Translations, choice: _Choice, asked: WorkFilter, on_ask: Callable[[WorkFilter], None]) -> ft.Control:
    change: dict[str, Any] = {choice.criterion: None if choice.chosen else choice.value}
    return ft.Chip(
        label=chip_label(f"{choice.text} {_.number(choice.count)}", 14, choice.chosen),
        key=key("work", choice.criterion, choice.value, "chip"),
        selected=choice.chosen,
        show_checkmark=True,
        on_select=lambda: on_ask(replace(asked, **change)),
        padding=ft.Padding.symmetric(vertical=10, horizontal=6),
    )


def _groups(_: Translations, counts: Counts, asked: WorkFilter) -> list[list[_Choice]]:
    def choice(criterion: str, value: str, text: str) -> _Choice:
        return _Choice(criterion, value, text, counts[criterion].get(value, 0), getattr(asked, criterion) == value)

    levels = sorted(counts["service_level"])
    return [
        [choice("urgency", urgency, urgency_word(_, urgency)) for urgency in Urgency],
        [choice("kind", kind, kind_word(_, kind)) for kind in WorkKind],
        [choice("service_level", level, service_word(_, level)) for level in levels],
        [choice("age", age, age_word(_, age)) for age in Age],
    ]
