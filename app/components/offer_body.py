"""What stands on the screen of one offer: its state as a sentence, worth and promise, lines with their stock."""

from collections.abc import Callable
from datetime import datetime, tzinfo

import flet as ft

from app.components.article import ArticleFacts, ArticlePicture
from app.components.marks import DueChip, Mark, due
from app.components.notice import Notice
from app.components.offer_words import STAGE_ICONS, offer_marks, shelf_words, stage_sentence, units_words
from app.components.second import Countdown
from app.i18n import Translations
from app.queries.offers import OfferLineView, OfferView, Stage
from app.state import Link
from app.store.room import TooManyWaiting
from app.theme import RADIUS, SPACE_M, SPACE_S, TOUCH_TARGET_DP, Meaning, bold, regular
from app.ui import key
from app.ui.beside import beside
from app.words import sentence
from core.contract.sync import MAX_WAITING

LOOKS: dict[Stage, Meaning] = {Stage.YOURS: "ok", Stage.FASTER: "warn"}


def state_notes(_: Translations, view: OfferView, link: Link) -> list[ft.Control]:
    """Nothing is called won before the core said so; why a button cannot be used stands above it."""
    notes: list[ft.Control] = []
    if view.stage is Stage.ASKING:
        text = _("The core is being asked. Nothing is yours before it has answered.")
        if not link.online:
            text = _(
                "The connection was lost while the core was being asked. The order is not yours unless it says so: do "
                "not begin it."
            )
        notes.append(Notice("warn" if not link.online else "info", text, STAGE_ICONS[view.stage], "offer-asking-text"))
    elif view.stage is not Stage.OPEN:
        look = LOOKS.get(view.stage, "info")
        notes.append(Notice(look, stage_sentence(_, view), STAGE_ICONS[view.stage], "offer-stage-text"))
    elif not link.online:
        text = _(
            "Nobody can claim without the core: this device is not connected. As soon as it is again you can, unless "
            "another store was faster."
        )
        notes.append(Notice("warn", text, ft.Icons.CLOUD_OFF, "offer-offline-text"))
    elif link.crowded:
        text = sentence(_, TooManyWaiting.code, TooManyWaiting(MAX_WAITING).params())
        notes.append(Notice("warn", text, ft.Icons.OUTBOX, "offer-crowded-text"))
    if view.refusal is not None and view.stage is not Stage.FASTER:
        said = sentence(_, view.refusal.code, dict(view.refusal.params))
        notes.append(Notice("error", said, name="offer-refusal-text"))
    if view.work is not None and view.work.begun:
        text = _("Somebody has begun it, so it cannot be given back any more.")
        notes.append(Notice("info", text, name="offer-begun-text"))
    return notes


def head(_: Translations, view: OfferView, when: tuple[datetime, tzinfo]) -> ft.Control:
    """`when`: now, and the store's clock."""
    money = ft.Text(_.money(view.value_minor, view.currency), style=bold(size=26))
    units = ft.Text(units_words(_, view.units), style=regular(size=16), color=ft.Colors.ON_SURFACE_VARIANT)
    top: list[ft.Control] = [ft.Row([money, units], spacing=SPACE_S, tight=True)]
    if view.stage is Stage.OPEN:
        top.append(Countdown(view.expires_at, 20))
    elif view.stage is Stage.ASKING:
        top.append(Mark(_("Asking"), STAGE_ICONS[Stage.ASKING], strong=True))
    marks = [DueChip(due(_, view.target_at, *when)), *offer_marks(_, view)]
    return ft.Column(
        [
            ft.Row(top, alignment=ft.MainAxisAlignment.SPACE_BETWEEN, wrap=True, run_spacing=SPACE_S),
            ft.Row(marks, spacing=SPACE_M, wrap=True, run_spacing=SPACE_S),
        ],
        spacing=SPACE_S,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def line_card(_: Translations, line: OfferLineView, on_out: Callable[[], None] | None) -> ft.Control:
    """`on_out` None: it cannot be declared out of stock now, or was already."""
    asked = _("{n} asked").format(n=_.number(line.units))
    ink = ft.Colors.ERROR if line.is_short else ft.Colors.ON_SURFACE
    here = beside(asked, shelf_words(_, line), line.place)
    facts: list[ft.Control] = [ft.Text(here, style=bold(size=14), color=ink, expand=True)]
    if line.is_short:
        facts.insert(0, ft.Icon(ft.Icons.REPORT, size=18, color=ink))
    words: list[ft.Control] = [ArticleFacts(line), ft.Row(facts, spacing=4)]
    if on_out is not None:
        words.append(
            ft.Row([
                ft.TextButton(
                    _("Not here"), icon=ft.Icons.REPORT, key=key("offer", line.sku, "out-button"), on_click=on_out,
                    height=TOUCH_TARGET_DP, style=ft.ButtonStyle(padding=ft.Padding.symmetric(horizontal=0)),
                )
            ])
        )  # fmt: skip
    return ft.Container(
        ft.Row(
            [ArticlePicture(line), ft.Column(words, spacing=4, tight=True, expand=True)],
            spacing=SPACE_M,
            vertical_alignment=ft.CrossAxisAlignment.START,
        ),
        key=key("offer", line.sku, "line"),
        bgcolor=ft.Colors.SURFACE_CONTAINER_LOW,
        border_radius=RADIUS,
        padding=SPACE_M,
    )
