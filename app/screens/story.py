"""What happened to an order, in words, newest first: as the core told it, and what this device knows beyond it."""

from datetime import tzinfo

import flet as ft

from app.components.action_words import action_words
from app.components.connection import zone_of
from app.components.frame import frame
from app.components.notice import Notice
from app.components.page_column import PageColumn
from app.components.progress import EmptyState
from app.components.work_words import told_reason
from app.context import use_reader, use_store, use_workplace
from app.i18n import Translations
from app.queries.story import StoryLineView, StoryView, story_view
from app.theme import SPACE_M, bold, regular
from app.ui import key, screen, use_link, use_query, use_translations, use_ui
from app.ui.beside import beside
from app.ui.faults import start
from core.contract.story import Subject
from core.contract.story_words import sentence


@screen
def StoryScreen() -> ft.View:
    _, ui, workplace, reader = use_translations(), use_ui(), use_workplace(), use_reader()
    store, online = use_store(), use_link().online
    route = ft.use_route_params()
    kind, id = Subject(route["kind"]), route["id"]
    told, tell = ft.use_state("asking" if online else "away")  # then "told" or "away"
    view = use_query(lambda: story_view(workplace.database, reader, kind, id), "work", "story", deps=(reader, kind, id))
    page = ft.context.page

    def ask() -> None:
        async def read_through() -> None:
            tell("asking")
            came = await workplace.link.story(kind, id)
            tell("told" if came else "away")
            ui.changes.bump("story")

        if online:
            start(page, ui.i18n, read_through)
        else:
            tell("away")

    ft.use_effect(ask, [online])
    zone = zone_of(store.timezone if store else "")
    lines = [_line(_, line, zone) for line in view.lines]
    if not lines:
        words = _("The core is being asked.") if told == "asking" else _("It is told as soon as the core can be asked.")
        return frame(_("What happened"), EmptyState(ft.Icons.HISTORY, _("Nothing is known here yet"), words))
    return frame(_("What happened"), PageColumn([*_age(_, view, told, zone), *lines]))


def _age(_: Translations, view: StoryView, told: str, zone: tzinfo) -> list[ft.Control]:
    """How old it is, where the core could not be asked just now."""
    if told != "away":
        return []
    text = _("The core cannot be asked now. This is what was done on this device.")
    if view.told_at is not None:
        text = _("The core cannot be asked now. This is as it told it on {moment}, and what was done here since.")
        text = text.format(moment=_.moment(view.told_at, zone))
    return [Notice("info", text, ft.Icons.CLOUD_OFF, "story-age-text")]


def _line(_: Translations, line: StoryLineView, zone: tzinfo) -> ft.Control:
    said = action_words(_, line.code, "") if line.own else sentence(_, line.code, dict(line.params))
    waits = _("The core has not confirmed it yet") if line.waits else ""
    facts = (_.moment(line.at, zone), line.who, line.where, told_reason(_, line.reason), waits)
    icon = ft.Icons.HOURGLASS_TOP if line.waits else ft.Icons.CIRCLE
    ink = ft.Colors.TERTIARY if line.waits else ft.Colors.OUTLINE
    words: list[ft.Control] = [
        ft.Text(said, style=bold(size=16)),
        ft.Text(beside(*facts), style=regular(size=14), color=ft.Colors.ON_SURFACE_VARIANT),
    ]
    mark = ft.Container(
        ft.Icon(icon, size=18 if line.waits else 10, color=ink), width=20, height=22, alignment=ft.Alignment.CENTER
    )
    return ft.Row(
        [mark, ft.Column(words, spacing=2, tight=True, expand=True)],
        key=key("story", line.id, "line"),
        spacing=SPACE_M,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )
