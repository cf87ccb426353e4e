"""The page of one order to collect: what stands in its way first, then who fetches it, its parts and its articles."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

import flet as ft

from app.components.collect_facts import (
    OtherBrand,
    collect_state_word,
    kind_mark,
    last_day,
    locker_offline,
    money_due,
    waiting_words,
)
from app.components.collection_parts import line_card, part_card
from app.components.marks import BrandChip, Mark
from app.components.notice import Notice
from app.components.page_column import PageColumn, Section
from app.i18n import Translations
from app.queries.collection import CollectionView, PartStep, PartView, Step, step_of
from app.theme import SPACE_M, SPACE_S, bold, regular
from app.ui import key, part, use_link
from app.ui.beside import beside
from app.words import sentence
from core.domain.lifecycle import CollectionState

Looks = tuple[datetime, tzinfo, str, Callable[[str], Any]]  # now, the store's clock, chosen part, how to choose
WIDE_DP = 1040


@dataclass(frozen=True, eq=False)
class PageParts:
    """`receive`: a parcel without a scan; None for who may not."""

    banner: ft.Control
    forbidden: str
    more: list[ft.Control]
    receive: Callable[[str], Any] | None


@part
def CollectionPage(_: Translations, view: CollectionView, parts: PageParts, looks: Looks, wide: bool) -> Any:
    online = use_link().online
    now, clock, _chosen, _choose = looks
    head: list[ft.Control] = [parts.banner, *_notes(_, view, parts.forbidden, now, clock), *_locker(_, view, online)]
    head.append(_head(_, view, clock))
    more = [ft.Row(parts.more, wrap=True, spacing=SPACE_S, run_spacing=SPACE_S)] if parts.more else []
    where = Section(_("Where it is"), _parts(_, view, parts, looks))
    articles = Section(_("Articles"), [line_card(_, line) for line in view.lines])
    if not wide:
        # Who stands here to fetch it needs the place and the one large button; the rest is below.
        return PageColumn([*head, where, *more, articles])
    head += more
    both = ft.Row(
        [ft.Container(where, expand=1), ft.Container(articles, expand=1)],
        spacing=SPACE_M * 2,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )
    return PageColumn([*head, both], width_dp=WIDE_DP)


def _notes(_: Translations, view: CollectionView, forbidden: str, now: datetime, clock: tzinfo) -> list[ft.Control]:
    notes: list[ft.Control] = []
    item = view.item
    if forbidden:
        notes.append(Notice("warn", forbidden, name="collection-forbidden-text"))
    if item.waiting_since is not None:
        text = waiting_words(_, item.waiting_since, item.waiting_where, now)
        notes.append(Notice("warn", text, ft.Icons.PERSON_PIN_CIRCLE, "collection-waiting-text"))
    if item.other_brand:
        text = _("An order of {brand}, which is not the brand of this store: use its bag and its rules.")
        notes.append(Notice("info", text.format(brand=item.brand), ft.Icons.STOREFRONT, "collection-brand-text"))
    if view.handed is not None:
        notes.append(Notice("info", handed_words(_, view, clock), ft.Icons.HOW_TO_REG, "collection-handed-text"))
    if item.back:
        text = _("Nobody fetches this any more: put the articles back on the shelves of the shop.")
        if any(line.open for line in view.lines) and item.state is not CollectionState.EXPIRED:
            text = _("What was left here goes back on the shelves of the shop. The rest still waits for the customer.")
        notes.append(Notice("warn", text, ft.Icons.UNDO, "collection-back-text"))
    if view.told is not None and view.told.state == "no":
        notes.append(Notice("warn", sentence(_, view.told.code, dict(view.told.params)), name="collection-told-text"))
    return notes


def handed_words(_: Translations, view: CollectionView, clock: tzinfo) -> str:
    handed = view.handed
    if handed is None:
        return ""
    who, when = handed.who or _("a colleague"), _.moment(handed.at, clock)
    if not handed.collector:
        return _("Handed over {when} by {who} to the customer.").format(when=when, who=who)
    return _("Handed over {when} by {who} to {collector}.").format(when=when, who=who, collector=handed.collector)


def _locker(_: Translations, view: CollectionView, online: bool) -> list[ft.Control]:
    """What was asked of the locker is never shown as had before its answer."""
    step, ask = step_of(view), view.locker_ask
    if step is Step.ASKING_LOCKER:
        text = _("The locker is asked for a compartment. It is not yours before it answers.")
        return [Notice("info", text, ft.Icons.HOURGLASS_TOP, "collection-asking-text")]
    if step is Step.DROP and ask is not None:
        text = _("Compartment {name} is reserved. Open it with this code, put everything in and shut its door.")
        words = text.format(name=ask.param("compartment"))
        # Typed at the locker, at arm's length: the largest thing on the page.
        code = ft.Text(ask.param("drop_code"), key="collection-drop-code-text", selectable=True, style=bold(size=40))
        return [Notice("ok", words, ft.Icons.LOCK_OPEN, "collection-locker-text"), code]
    found: list[ft.Control] = []
    if step is Step.ASK_LOCKER and ask is not None:
        found.append(Notice("error", sentence(_, ask.code, dict(ask.params)), name="collection-locker-text"))
    if step is Step.ASK_LOCKER and not online:
        found.append(locker_offline(_))
    return found


def _head(_: Translations, view: CollectionView, clock: tzinfo) -> ft.Control:
    item = view.item
    lines: list[ft.Control] = []
    if item.customer:
        lines.append(ft.Text(item.customer, key="collection-customer-text", style=bold(size=24)))
    lines.append(ft.Text(collect_state_word(_, item.state), key="collection-state-text", style=bold(size=18)))
    marks: list[ft.Control] = [kind_mark(_, item.kind)]
    brand: Any = OtherBrand if item.other_brand else BrandChip
    marks.append(brand(item.brand, item.colour))
    if item.due_minor:
        marks.append(Mark(money_due(_, item), ft.Icons.PAYMENTS, strong=True))
    if view.pick_up_by is not None:
        until = _("until {day}").format(day=last_day(_, view.pick_up_by, clock))
        marks.append(Mark(until, ft.Icons.EVENT))
    if view.told is not None and view.told.state != "no":
        sent = _("Message waits to be sent") if view.told.state == "asking" else _("Message sent again")
        marks.append(Mark(sent, ft.Icons.FORWARD_TO_INBOX))
    lines.append(ft.Row(marks, spacing=SPACE_M, wrap=True, run_spacing=SPACE_S))
    quiet = beside(_("Order {number}").format(number=item.number), view.phone)
    lines.append(ft.Text(quiet, color=ft.Colors.ON_SURFACE_VARIANT, selectable=True))
    if view.unsent:
        # Nothing to be done about it: the person, the place and the button come first.
        words = _.ngettext(
            "{n} action on this order waits to be confirmed by the core.",
            "{n} actions on this order wait to be confirmed by the core.",
            view.unsent,
        ).format(n=_.number(view.unsent))
        waits = ft.Text(words, expand=True, style=regular(size=14), color=ft.Colors.ON_SURFACE_VARIANT)
        icon = ft.Icon(ft.Icons.OUTBOX, size=18, color=ft.Colors.ON_SURFACE_VARIANT)
        lines.append(ft.Row([icon, waits], spacing=SPACE_S, key="collection-unsent-text"))
    return ft.Column(lines, spacing=SPACE_S, tight=True)


def _parts(_: Translations, view: CollectionView, parts: PageParts, looks: Looks) -> list[ft.Control]:
    _now, clock, chosen, choose = looks
    if view.locker:
        text = _("Locker, compartment {name}").format(name=view.locker)
        return [Mark(text, ft.Icons.LOCK, strong=True)]
    several = len(view.parts) > 1
    found: list[ft.Control] = []
    for one in view.parts:
        on_choose = _chooser(choose, one.id) if several and one.step is not PartStep.ARRIVE and parts.receive else None
        found.append(part_card(_, one, clock, chosen == one.id, on_choose))
        if one.step is PartStep.ARRIVE and parts.receive is not None:
            found.append(_receive(_, one, parts.receive))
    if not view.parts:
        found.append(ft.Text(_("Other stores prepare it. Its parcels appear here by themselves.")))
    return found


def _receive(_: Translations, one: PartView, receive: Callable[[str], Any]) -> ft.Control:
    button = ft.TextButton(
        _("It is here, its label cannot be read"), icon=ft.Icons.TOUCH_APP, key=key("collection", one.id, "receive"),
        on_click=lambda: receive(one.id),
    )  # fmt: skip
    return ft.Row([button])


def _chooser(choose: Callable[[str], Any], part_id: str) -> Callable[[], Any]:
    return lambda: choose(part_id)
