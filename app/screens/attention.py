"""What the core refused or flagged stays here until a person has dealt with it; what still waits is told below."""

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Any

import flet as ft

from app.actions import settling
from app.components.action_words import action_words
from app.components.answer import use_answer
from app.components.connection import connection_words, zone_of
from app.components.frame import frame
from app.components.minute import use_minute
from app.components.page_column import PageColumn, Section
from app.components.progress import EmptyState
from app.context import use_desk, use_store, use_workplace
from app.i18n import Translations
from app.queries.attention import ActionView, AttentionItemView, attention_view
from app.theme import RADIUS, SPACE_M, SPACE_S, bold, regular
from app.ui import key, screen, use_query, use_sync_status, use_translations
from app.ui.beside import beside
from app.words import sentence


@dataclass(frozen=True, slots=True)
class Told:
    """How times are told: on the store's clock, and by how long ago they were."""

    clock: tzinfo
    now: datetime


@screen
def AttentionScreen() -> ft.View:
    _, workplace, desk, store = use_translations(), use_workplace(), use_desk(), use_store()
    status, now = use_sync_status(), use_minute()
    view = use_query(lambda: attention_view(workplace.database), "work", "people")
    closing, set_closing = ft.use_state("")
    note, set_note = ft.use_state("")
    banner, answer = use_answer()
    told = Told(zone_of(store.timezone if store else ""), now)

    def dismiss() -> None:
        settling.dismiss(desk, closing, note)
        set_closing("")
        set_note("")
        workplace.changed("work")

    def retry(command_id: str) -> None:
        answer(settling.retry(desk, command_id))

    close = lambda: set_closing("")  # noqa: E731
    field = ft.TextField(
        key="attention-note-field", label=_("What did you do about it?"), value=note, autofocus=True, multiline=True,
        max_length=settling.LONGEST_NOTE, on_change=lambda e: set_note(e.data),
    )  # fmt: skip
    ft.use_dialog(_dialog(_, field, dismiss if note.strip() else None, close) if closing else None)
    items = [_item(_, item, told, _choices(_, item, set_closing, retry)) for item in view.items]
    if not items and not view.waiting:
        text = _("The core has everything that was done on this device.")
        return frame(_("Needs attention"), _under(banner, EmptyState(ft.Icons.TASK_ALT, _("Nothing to settle"), text)))
    waiting = [_waiting(_, action, told) for action in view.waiting]
    title = _.ngettext("{n} waiting to be sent", "{n} waiting to be sent", view.waiting_total)
    words = _("Nothing is lost: they are sent by themselves. {connection}.").format(
        connection=connection_words(_, status, told.clock)
    )
    body: list[Any] = [banner, *items]
    if waiting:
        quiet = ft.Text(words, color=ft.Colors.ON_SURFACE_VARIANT)
        body.append(Section(title.format(n=_.number(view.waiting_total)), [quiet, *waiting]))
    return frame(_("Needs attention"), PageColumn(body))


def _under(banner: Any, state: Any) -> ft.Control:
    return ft.Column([ft.Container(banner, padding=SPACE_M), state], expand=True)


def _item(_: Translations, item: AttentionItemView, told: Told, choices: list[ft.Control]) -> ft.Control:
    said = sentence(_, item.code, dict(item.params))
    effect = _("It counts, and somebody must look at it.") if item.counts else _("It did not take effect.")
    mark = ft.Icon(ft.Icons.WARNING_AMBER if item.counts else ft.Icons.CANCEL, color=ft.Colors.TERTIARY)
    lines: list[ft.Control] = [
        ft.Text(action_words(_, item.action.name, item.action.about), style=bold(size=18)),
        ft.Text(_who_when(_, item.action, told), style=regular(size=14), color=ft.Colors.ON_SURFACE_VARIANT),
        ft.Text(said, key=key("attention", item.action.command_id, "text"), style=regular(size=16)),
        ft.Row([mark, ft.Text(effect, style=bold(size=14), expand=True)], spacing=SPACE_S),
        ft.Row(choices, wrap=True, spacing=SPACE_S, run_spacing=SPACE_S),
    ]
    return ft.Container(
        ft.Column(lines, spacing=SPACE_S, tight=True),
        key=key("attention", item.action.command_id, "row"),
        bgcolor=ft.Colors.SURFACE_CONTAINER_LOW,
        border=ft.Border.all(1, ft.Colors.OUTLINE_VARIANT),
        border_radius=RADIUS,
        padding=SPACE_M,
    )


def _choices(_: Translations, item: AttentionItemView, settle: Any, retry: Any) -> list[ft.Control]:
    command_id = item.action.command_id
    choices: list[ft.Control] = [
        ft.OutlinedButton(
            _("I have dealt with it"),
            icon=ft.Icons.CHECK,
            key=key("attention", command_id, "done", "button"),
            on_click=lambda: settle(command_id),
        )
    ]
    if item.retryable:
        choices.append(
            ft.FilledTonalButton(
                _("Try again"),
                icon=ft.Icons.REFRESH,
                key=key("attention", command_id, "retry", "button"),
                on_click=lambda: retry(command_id),
            )
        )
    return choices


def _waiting(_: Translations, action: ActionView, told: Told) -> ft.Control:
    state = _("The core has it, its answer is on the way") if action.answered else _("Not sent yet")
    words = ft.Column(
        [
            ft.Text(action_words(_, action.name, action.about), style=bold(size=15)),
            ft.Text(
                beside(_who_when(_, action, told), state), style=regular(size=13), color=ft.Colors.ON_SURFACE_VARIANT
            ),
        ],
        spacing=2,
        tight=True,
        expand=True,
    )
    icon = ft.Icon(ft.Icons.OUTBOX, color=ft.Colors.ON_SURFACE_VARIANT)
    return ft.Row([icon, words], key=key("attention", action.command_id, "waiting"), spacing=SPACE_M)


def _who_when(_: Translations, action: ActionView, told: Told) -> str:
    gone = told.now - action.at
    ago = _("just now") if gone < timedelta(minutes=1) else _.until(-gone)
    when = _("{moment}, {ago}").format(moment=_.moment(action.at, told.clock), ago=ago)
    return f"{action.who}, {when}" if action.who else when


def _dialog(_: Translations, field: ft.Control, dismiss: Any, close: Any) -> ft.AlertDialog:
    return ft.AlertDialog(
        modal=True,
        title=ft.Text(_("I have dealt with it")),
        content=ft.Container(field, width=420),
        actions=[
            ft.TextButton(_("Back"), key="attention-back-button", on_click=close),
            ft.FilledButton(_("Done"), key="attention-done-button", on_click=dismiss, disabled=dismiss is None),
        ],
        on_dismiss=close,
    )
