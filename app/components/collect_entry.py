"""The way from the work list to what customers fetch: how much there is to do, and that somebody waits now."""

from collections.abc import Callable
from datetime import datetime, timedelta

import flet as ft

from app.context import use_reader, use_workplace
from app.i18n import Translations
from app.queries.collecting import collect_count
from app.theme import RADIUS, SPACE_M, SPACE_S, TOUCH_TARGET_DP, bold, is_dark, tone
from app.ui import part, use_form_factor, use_query, use_translations


def _open() -> None:
    ft.context.page.navigate("/collect")


@part
def CollectEntry() -> ft.Control:
    """In the title bar: an icon on a phone, the word beside it on a tablet."""
    _, workplace, reader, tablet = use_translations(), use_workplace(), use_reader(), use_form_factor() == "tablet"
    count = use_query(lambda: collect_count(workplace.database, reader.location_id), "work", deps=(reader,))
    said = _("Collect")
    if count.to_do:
        said = _.ngettext("Collect, {n} to do", "Collect, {n} to do", count.to_do).format(n=_.number(count.to_do))
    badge = ft.Badge(label=_.number(count.to_do)) if count.to_do else None
    icon = ft.Icon(ft.Icons.SHOPPING_BAG, semantics_label=said, badge=badge)
    if not tablet:
        return ft.IconButton(
            icon, key="work-collect-button", tooltip=said, on_click=_open, width=TOUCH_TARGET_DP, height=TOUCH_TARGET_DP
        )
    face = ft.Row([icon, ft.Text(_("Collect"), style=bold(size=15))], spacing=SPACE_S + 4, tight=True)
    return ft.Container(
        face, key="work-collect-button", on_click=_open, ink=True, height=TOUCH_TARGET_DP, border_radius=RADIUS,
        padding=ft.Padding.symmetric(horizontal=SPACE_M), tooltip=said,
    )  # fmt: skip


@part
def SomebodyWaits(now: datetime) -> ft.Control:
    """On top of the work: a person in the store comes before any parcel."""
    _, workplace, reader = use_translations(), use_workplace(), use_reader()
    count = use_query(lambda: collect_count(workplace.database, reader.location_id), "work", deps=(reader,))
    if not count.here or count.longest_since is None:
        return ft.Container(visible=False)
    words = somebody_waits(_, count.here, max(timedelta(), now - count.longest_since))
    return waits_line(words, _open, "work-waits-button")


def somebody_waits(_: Translations, here: int, longest: timedelta) -> str:
    return _.ngettext(
        "{n} customer waits for an order, for {duration}.",
        "{n} customers wait for their orders, for up to {duration}.",
        here,
    ).format(n=_.number(here), duration=_.duration(longest))  # fmt: skip


def waits_line(words: str, on_click: Callable[[], object], name: str) -> ft.Control:
    look = tone("warn", is_dark(ft.context.page))
    line = ft.Row(
        [
            ft.Icon(ft.Icons.PERSON_PIN_CIRCLE, color=look.ink),
            ft.Text(words, style=bold(size=16), color=look.ink, expand=True),
            ft.Icon(ft.Icons.CHEVRON_RIGHT, color=look.ink),
        ],
        spacing=SPACE_M,
    )
    box = ft.Container(
        line, key=name, on_click=on_click, ink=True, bgcolor=look.fill, border_radius=RADIUS,
        padding=ft.Padding.symmetric(vertical=SPACE_S + 4, horizontal=SPACE_M),
        margin=ft.Margin.symmetric(horizontal=SPACE_M),
    )  # fmt: skip
    return ft.Semantics(content=box, button=True, live_region=True)
