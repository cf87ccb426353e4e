"""The handover desk: articles ticked or scanned, who stands there, what is paid, signed for, and gone. Offline too."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import flet as ft

from app.actions import handing_over
from app.actions.desk import Desk
from app.actions.handing_over import Giving, Proof, to_pay
from app.components.answer import Answer, Tell, use_telling
from app.components.buttons import ActionBar, primary_button, secondary_button
from app.components.collect_facts import OtherBrand, ShelfMark, whose_code
from app.components.collection_page import handed_words
from app.components.connection import zone_of
from app.components.frame import frame
from app.components.hand_over_parts import (
    DeskPresses,
    LeaveSheet,
    Till,
    collector,
    identity,
    items,
    payment,
    signature,
)
from app.components.notice import Notice, names_of
from app.components.page_column import PageColumn
from app.components.printing import print_paper, print_sentence
from app.components.progress import EmptyState
from app.components.sheet import sheet
from app.components.signature_pad import SignatureSheet, pad_width
from app.context import HOW, Workplace, use_desk, use_person, use_reader, use_store, use_workplace
from app.devices.scanning import Scan
from app.i18n import Translations
from app.queries import paper
from app.queries.collection import CollectionView, collection_view, refuse_reasons
from app.queries.finding import find
from app.queries.people import who_may
from app.state.cell import use_kept
from app.theme import SPACE_M, SPACE_S, Meaning, bold
from app.ui import key, screen, use_form_factor, use_link, use_query, use_scans, use_translations
from app.words import say
from core.domain.collect_terms import Identity
from core.domain.outcome import Verdict

WIDE_DP = 1080
NOTHING = Giving()


class Slip:
    """What this handover is called, from when it began: a second tap, or a second window, is the same handover."""

    def __init__(self) -> None:
        self.handover_id = ""
        self.payment_id = ""


@dataclass(frozen=True)
class Giver:
    """What a person does at the desk. `forbidden`: why they may not, "" where they may."""

    collection_id: str
    workplace: Workplace
    desk: Desk
    words: Translations
    forbidden: str
    answer: Answer
    tell: Tell
    slip: Slip

    def scan(self, scan: Scan, view: CollectionView | None, giving: Giving) -> Giving | None:
        """A scanned article is taken; the pick-up code proves that this is the right order."""
        _ = self.words
        if view is None or self.forbidden:
            self.tell("error", self.forbidden or _("This order is not known here"))
            return None
        after = handing_over.scanned(giving, view.lines, scan.text, HOW[scan.source], view.process)
        if after is not None:
            self.tell("ok", _("Taken. {n} of this order so far.").format(n=_.number(after.units)))
            return after
        said = whose_code(_, find(self.workplace.database, scan.text), self.collection_id) or (
            "error",
            say(_, handing_over.unexpected(self.desk, giving, view.lines, scan.text, view.process)),
        )
        self.tell(*said)
        return replace(giving, how=HOW[scan.source]) if said[0] == "ok" else None

    def cash(self, amount_minor: int, view: CollectionView) -> None:
        outcome = handing_over.take_cash(self.desk, self.collection_id, self.payment(view), amount_minor)
        self.slip.payment_id = ""
        self.answer(outcome)

    def card(self, amount_minor: int, view: CollectionView) -> None:
        outcome = handing_over.charge_card(self.desk, self.collection_id, self.payment(view), amount_minor)
        self.workplace.changed("work")
        if outcome.verdict is Verdict.REJECTED:
            self.answer(outcome)

    def payment(self, view: CollectionView) -> str:
        """The card that is being asked and cash taken meanwhile are one payment: the core takes one of them."""
        ask = view.card_ask
        if ask is not None and ask.state == "asking":
            return ask.payment_id
        if not self.slip.payment_id or (ask is not None and ask.payment_id == self.slip.payment_id):
            self.slip.payment_id = self.desk.new_id()
        return self.slip.payment_id

    def hand_over(self, giving: Giving, proof: Proof) -> None:
        self.slip.handover_id = self.slip.handover_id or self.desk.new_id()
        outcome = handing_over.hand_over(self.desk, self.collection_id, self.slip.handover_id, giving, proof)
        self.slip.handover_id = ""
        self.answer(outcome)

    async def gift_receipt(self) -> None:
        now = self.workplace.clock()
        draw = paper.gift_receipt(self.workplace.database, self.collection_id, now)
        self.tell(*print_sentence(self.words, await print_paper(self.workplace, draw)))


@screen
def HandOverScreen() -> ft.View:
    _, workplace, desk, reader = use_translations(), use_workplace(), use_desk(), use_reader()
    person, store, wide = use_person(), use_store(), use_form_factor() == "tablet"
    collection_id, online = ft.use_route_params()["id"], use_link().online
    asked, set_giving = ft.use_state(NOTHING)
    proof, prove = ft.use_state(Proof())
    other, set_other = ft.use_state(False)
    opened, show = ft.use_state("")  # "sign", or the line that is left here
    turn, set_turn = ft.use_state(0)  # a new page for each handover: its answer stands at the top
    banner, answer, tell = use_telling()
    view = use_query(
        lambda: collection_view(workplace.database, collection_id, reader.language), "work", "people",
        deps=(collection_id, reader),
    )  # fmt: skip
    reasons = use_query(lambda: refuse_reasons(workplace.database, reader.language), "people", deps=(reader,))
    ask = use_query(lambda: who_may(workplace.database, "collect"), "people")
    no = _("You have no permission to hand orders to customers. Ask {names}.").format(names=names_of(_, ask))
    may = bool(person and "collect" in person.permissions)
    giver = Giver(collection_id, workplace, desk, _, "" if may else no, answer, tell, use_kept(Slip))
    giving = asked.within(view.lines) if view else NOTHING

    def hear(scan: Scan) -> None:
        after = giver.scan(scan, view, giving)
        if after is not None:
            set_giving(after)

    def finish() -> None:
        giver.hand_over(giving, proof if other else replace(proof, collector="", relation=""))
        set_giving(NOTHING)
        prove(Proof())
        set_turn(turn + 1)

    use_scans(hear)
    page = ft.context.page
    close: Callable[[], None] = lambda: show("")  # noqa: E731
    line = next((one for one in view.lines if one.line_id == opened), None) if view else None

    def leave(units: int, reason: str) -> None:
        close()
        if line is not None:
            set_giving(giving.leave(line, units, reason))

    def signed(strokes: str) -> None:
        close()
        prove(replace(proof, signature=strokes))

    ft.use_dialog(sheet(LeaveSheet(line, giving, reasons, leave), close, "leave-sheet") if line else None)
    pad = ft.Container(SignatureSheet(pad_width(page.width), signed, close))
    signing = ft.AlertDialog(content=pad, modal=True, on_dismiss=close, inset_padding=SPACE_M, content_padding=SPACE_M)
    ft.use_dialog(signing if opened == "sign" else None)
    if view is None:
        text = _("It may have been finished long ago, or moved to another store.")
        gone = EmptyState(ft.Icons.SEARCH_OFF, _("This order is not known here"), text)
        return frame(_("Hand it over"), gone)
    said = bool(giving.units or giving.units_left)
    till = Till(to_pay(view.lines, view.item.due_minor, giving), view.item.currency, online, said)
    presses = DeskPresses(
        set_giving, prove, show, lambda: show("sign"), lambda: giver.cash(till.amount_minor, view),
        lambda: giver.card(till.amount_minor, view),
    )  # fmt: skip
    clock = zone_of(store.timezone if store else "")
    notes: list[ft.Control] = [banner, *([] if may else [Notice("warn", no, name="hand-over-forbidden-text")])]
    if view.handed is not None:
        kind: Meaning = "warn" if any(one.open for one in view.lines) else "info"
        notes.append(Notice(kind, handed_words(_, view, clock), ft.Icons.HOW_TO_REG, "hand-over-handed-text"))
    who = [collector(_, proof, other, set_other, presses), *identity(_, view, proof, presses)]
    rest = [*payment(_, view, till, presses), *who, *signature(_, view, proof, presses)]
    open_ = any(one.open for one in view.lines)
    body = _body([*notes, _head(view)], items(_, view, giving, presses), rest if open_ and may else [], wide)
    body = ft.Container(body, key=key("hand-over", turn, "page"), expand=True)
    missing = _missing(_, view, giving, till, proof)
    if giving.units and other and not missing and not (proof.collector.strip() and proof.relation):
        missing = _("Say who fetches it, and for whom they do it.")
    bar = _bar(_, view, giving, missing, (finish, giver.gift_receipt)) if may else None
    return frame(_("Hand over {name}").format(name=view.item.short_id), body, bar)


def _head(view: CollectionView) -> ft.Control:
    line: list[ft.Control] = [ft.Text(view.item.customer, style=bold(size=24))] if view.item.customer else []
    line.append(ShelfMark(view.item.shelves))
    if view.item.other_brand:
        line.append(OtherBrand(view.item.brand, view.item.colour))
    return ft.Row(line, wrap=True, spacing=SPACE_M, run_spacing=SPACE_S)


def _body(top: list[ft.Control], taken: Any, rest: list[ft.Control], wide: bool) -> Any:
    """On a tablet the articles stand beside the questions; on a phone one after the other."""
    if not wide or not rest:
        return PageColumn([*top, taken, *rest])
    side = ft.Column(rest, spacing=SPACE_M * 1.5, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
    both = ft.Row(
        [ft.Container(taken, expand=5), ft.Container(side, expand=4)],
        spacing=SPACE_M * 2,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )
    return PageColumn([*top, both], width_dp=WIDE_DP)


def _missing(_: Translations, view: CollectionView, giving: Giving, till: Till, proof: Proof) -> str:
    """The first thing that stands in the way, "" for nothing."""
    if not giving.units and not giving.units_left:
        return _("Tick or scan what the customer takes.")
    if till.amount_minor:
        return _("Take the payment first.")
    if not giving.units:
        return ""
    if view.terms.identity is Identity.REQUIRED and not proof.identity:
        return _("Choose which document you saw.")
    return _("Let the customer sign first.") if view.terms.signature and not proof.signature else ""


def _bar(_: Translations, view: CollectionView, giving: Giving, missing: str, acts: tuple[Any, Any]) -> Any:
    """One button; what stands in its way is said above it."""
    (finish, gift_receipt), go = acts, ft.context.page.navigate
    if any(line.open for line in view.lines):
        text = _("Nothing is taken") if giving.units_left and not giving.units else _("Hand it over")
        if giving.units:
            text = _.ngettext("Hand over ({n} article)", "Hand over ({n} articles)", giving.units)
            text = text.format(n=_.number(giving.units))
        done: Callable[[], Any] | None = None if missing else finish
        button = primary_button(text, ft.Icons.SHOPPING_BAG, done, "hand-over-button")
        why = ft.Text(missing, key="hand-over-missing-text", style=bold(size=15))
        return ActionBar([why, button] if missing else [button])
    gift = secondary_button(_("Gift receipt"), ft.Icons.CARD_GIFTCARD, gift_receipt, "hand-over-gift-button")
    first = [gift] if view.handed is not None else []
    if view.item.back:
        back = lambda: go(f"/collect/{view.item.id}")  # noqa: E731
        text = _.ngettext("Put {n} article back", "Put {n} articles back", view.item.back)
        words_ = text.format(n=_.number(view.item.back))
        return ActionBar([*first, primary_button(words_, ft.Icons.UNDO, back, "hand-over-back-button")])
    home = lambda: go("/collect")  # noqa: E731
    return ActionBar([*first, primary_button(_("Back to the list"), ft.Icons.LIST, home, "hand-over-list-button")])
