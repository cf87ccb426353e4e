"""The handover desk in parts: what is taken or left, who stands there, what is to be paid."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import flet as ft

from app.actions.handing_over import Giving, Proof
from app.components.buttons import primary_button, secondary_button
from app.components.chip_label import chip_label
from app.components.collection_parts import line_card
from app.components.notice import Notice
from app.components.page_column import Section
from app.components.quantity import QuantityStepper
from app.components.reasons import Choice, ReasonList
from app.components.sheet import Question
from app.components.signature_pad import decoded, drawing
from app.i18n import Translations
from app.queries.collection import CollectionLineView, CollectionView
from app.theme import RADIUS, SPACE_M, SPACE_S, bold, regular
from app.ui import key, part, use_translations
from app.words import sentence
from core.domain.collect_terms import Identity

RELATIONS = ("family", "friend", "colleague", "neighbour", "courier")
SIGNED_WIDTH_DP = 240
STEPPER_WIDTH_DP = 220


@dataclass(frozen=True, eq=False)
class DeskPresses:
    give: Callable[[Giving], Any]
    prove: Callable[[Proof], Any]
    leave: Callable[[str], Any]  # opens the question for this line
    sign: Callable[[], Any]
    cash: Callable[[], Any]
    card: Callable[[], Any]


@dataclass(frozen=True, slots=True)
class Till:
    """`amount_minor`: to be paid now; `online`: whether a card can be asked for; `given`: some is taken or left."""

    amount_minor: int
    currency: str
    online: bool
    given: bool


def items(_: Translations, view: CollectionView, giving: Giving, presses: DeskPresses) -> Any:
    lines = [line for line in view.lines if line.open]
    cards = [line_card(_, line, _giving_row(_, line, giving, presses)) for line in lines]
    done = [line_card(_, line) for line in view.lines if not line.open and line.wanted]
    everything = secondary_button(
        _("Takes everything"), ft.Icons.DONE_ALL, lambda: presses.give(giving.all(lines)), "hand-over-all-button"
    )
    head: list[ft.Control] = [ft.Row([everything])] if len(lines) > 1 or any(line.open > 1 for line in lines) else []
    return Section(_("What the customer takes") if lines else _("Articles"), [*head, *cards, *done])


def _giving_row(_: Translations, line: CollectionLineView, giving: Giving, presses: DeskPresses) -> ft.Control:
    units, reason = giving.left.get(line.line_id, (0, ""))
    most, taken = line.open - units, giving.taken.get(line.line_id, 0)
    found: list[ft.Control] = []
    if most == 1:
        check = ft.Checkbox(
            label=_("Takes it"), value=bool(taken), key=key("hand-over", line.line_id, "check"),
            on_change=lambda e: presses.give(giving.take(line, 1 if e.data else 0)),
        )  # fmt: skip
        found.append(ft.Container(check, width=STEPPER_WIDTH_DP))  # alone it would take the whole line
    elif most > 1:
        stepper = QuantityStepper(taken, 0, most, lambda n: presses.give(giving.take(line, n)))
        found.append(ft.Container(stepper, width=STEPPER_WIDTH_DP))
    text = _("Leaves {n} here").format(n=_.number(units)) if units else _("Leaves it here")
    icon = ft.Icons.UNDO if units else ft.Icons.DO_NOT_DISTURB_ON
    found.append(
        ft.TextButton(
            text, icon=icon, key=key("hand-over", line.line_id, "leave"), on_click=lambda: presses.leave(line.line_id)
        )
    )
    return ft.Row(
        found, wrap=True, spacing=SPACE_M, run_spacing=0, alignment=ft.MainAxisAlignment.SPACE_BETWEEN,
        key=key("hand-over", line.line_id, reason or "row"),
    )  # fmt: skip


@part
def LeaveSheet(
    line: CollectionLineView, giving: Giving, reasons: tuple[tuple[str, str], ...], on_leave: Callable[[int, str], Any]
) -> Any:
    """How many stay here, and why: it decides about the refund, so it is asked every time."""
    _ = use_translations()
    before, why = giving.left.get(line.line_id, (line.open, ""))
    units, set_units = ft.use_state(before)
    chosen, choose = ft.use_state(why)
    known = reasons or (("not_wanted", _("Not wanted")),)
    choices = tuple(Choice(code, words) for code, words in known)
    controls: list[ft.Control] = []
    if line.open > 1:
        controls.append(QuantityStepper(units, 0, line.open, set_units))
    controls.append(ReasonList(choices, chosen, choose))
    leave = (lambda: on_leave(units, chosen)) if chosen or not units else None
    button = primary_button(_("Stays here"), ft.Icons.CHECK, leave, "leave-button")
    other = ft.TextButton(_("The customer takes it"), key="leave-nothing-button", on_click=lambda: on_leave(0, ""))
    title = _("Why does {name} stay here?").format(name=line.name)
    return Question(title, controls, button, other, tall=len(choices) > 4)


def identity(_: Translations, view: CollectionView, proof: Proof, presses: DeskPresses) -> list[ft.Control]:
    """Only the kind of document is kept; its number is never asked for."""
    terms = view.terms
    if terms.identity is Identity.NONE:
        return []
    chips: list[ft.Control] = [
        ft.Chip(
            label=chip_label(document_word(_, name), 14, True),
            key=key("hand-over", name, "identity"),
            selected=proof.identity == name,
            show_checkmark=True,
            on_select=_chosen(presses, proof, name),
            padding=ft.Padding.symmetric(vertical=10, horizontal=6),
        )
        for name in terms.documents
    ]
    text = _("Look at one of these. Only which kind it was is kept, never its number.")
    if terms.identity is Identity.ASK:
        text = _("If you are not sure, ask for one of these. Only which kind it was is kept.")
    row = ft.Row(chips, wrap=True, spacing=SPACE_S, run_spacing=SPACE_S)
    return [Section(_("Document seen"), [ft.Text(text, color=ft.Colors.ON_SURFACE_VARIANT), row])]


def _chosen(presses: DeskPresses, proof: Proof, name: str) -> Callable[[], Any]:
    value = "" if proof.identity == name else name
    return lambda: presses.prove(Proof(value, proof.collector, proof.relation, proof.signature))


def document_word(_: Translations, name: str) -> str:
    known = {
        "identity_card": _("Identity card"),
        "passport": _("Passport"),
        "driving_licence": _("Driving licence"),
        "residence_permit": _("Residence permit"),
        "student_card": _("Student card"),
    }
    return known.get(name, name)


def relation_word(_: Translations, name: str) -> str:
    return {
        "family": _("Family"),
        "friend": _("Friend"),
        "colleague": _("Colleague"),
        "neighbour": _("Neighbour"),
        "courier": _("Courier"),
    }[name]


def collector(_: Translations, proof: Proof, other: bool, on_other: Callable[[bool], Any], presses: DeskPresses) -> Any:
    """Who fetches it where it is not the buyer."""

    def named(name: str, relation: str) -> Any:
        return presses.prove(Proof(proof.identity, name, relation, proof.signature))

    switch = ft.Switch(
        label=_("Somebody else fetches it"), value=other, key="hand-over-other-switch",
        on_change=lambda e: on_other(bool(e.data)),
    )  # fmt: skip
    found: list[ft.Control] = [switch]
    if other:
        found.append(
            ft.TextField(
                key="hand-over-collector-field", label=_("Name of who fetches it"), value=proof.collector,
                max_length=80, on_change=lambda e: named(str(e.data), proof.relation),
            )
        )  # fmt: skip
        chips: list[ft.Control] = [
            ft.Chip(
                label=chip_label(relation_word(_, name), 14, True), key=key("hand-over", name, "relation"),
                selected=proof.relation == name, show_checkmark=True,
                on_select=_related(named, proof, name), padding=ft.Padding.symmetric(vertical=10, horizontal=6),
            )
            for name in RELATIONS
        ]  # fmt: skip
        found.append(ft.Row(chips, wrap=True, spacing=SPACE_S, run_spacing=SPACE_S))
    return Section(_("Who fetches it"), found)


def _related(named: Callable[[str, str], Any], proof: Proof, name: str) -> Callable[[], Any]:
    return lambda: named(proof.collector, name)


def signature(_: Translations, view: CollectionView, proof: Proof, presses: DeskPresses) -> list[ft.Control]:
    if not view.terms.signature:
        return []
    found: list[ft.Control] = []
    if proof.signature:
        field = drawing(decoded(proof.signature), SIGNED_WIDTH_DP, SIGNED_WIDTH_DP * 220 // 520)
        paper = ft.Container(field, bgcolor="#FFFFFF", border_radius=RADIUS, width=SIGNED_WIDTH_DP,
                             border=ft.Border.all(1, ft.Colors.OUTLINE), key="hand-over-signed")  # fmt: skip
        found.append(ft.Row([paper]))  # a section stretches what is in it
    words = _("Sign again") if proof.signature else _("Let the customer sign")
    found.append(ft.Row([secondary_button(words, ft.Icons.DRAW, presses.sign, "hand-over-sign-button")]))
    return [Section(_("Signature"), found)]


def payment(_: Translations, view: CollectionView, till: Till, presses: DeskPresses) -> list[ft.Control]:
    """A card that was asked for is never shown as charged before the core has answered."""
    if not view.item.due_minor:
        return []
    ask, amount = view.card_ask, _.money(till.amount_minor, till.currency)
    asking = ask is not None and ask.state == "asking"
    if not till.amount_minor:
        words = _("Nothing is to be paid for this.") if till.given else _("Say first what the customer takes.")
        return [Section(_("To pay now"), [ft.Text(words, key="hand-over-nothing-text", style=regular(size=16))])]
    found: list[ft.Control] = [ft.Text(amount, key="hand-over-amount-text", style=bold(size=32))]
    if asking:
        text = _("The card is asked. Nothing is paid before the answer. Cash taken now counts in its place.")
        found.append(Notice("info", text, ft.Icons.HOURGLASS_TOP, "hand-over-asking-text"))
    elif ask is not None and ask.state == "no":
        found.append(Notice("error", sentence(_, ask.code, dict(ask.params)), name="hand-over-declined-text"))
    if not till.online:
        text = _("A card can only be charged while the core can be reached. Cash always works.")
        found.append(Notice("warn", text, ft.Icons.CLOUD_OFF, "hand-over-offline-text"))
    card = presses.card if till.online and not asking else None
    buttons: list[ft.Control] = [
        secondary_button(_("Cash received"), ft.Icons.PAYMENTS, presses.cash, "hand-over-cash-button"),
        secondary_button(_("Charge the card"), ft.Icons.CREDIT_CARD, card, "hand-over-card-button"),
    ]
    found.append(ft.Row(buttons, wrap=True, spacing=SPACE_S, run_spacing=SPACE_S))
    return [Section(_("To pay now"), found)]
