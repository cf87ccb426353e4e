"""The list of one driver: parcels scanned onto it, what still waits, closed when the driver has them (PP10)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Any

import flet as ft

from app.actions import handover
from app.actions.desk import Desk
from app.components.answer import Answer, Tell, use_telling
from app.components.buttons import ActionBar, icon_button, primary_button, secondary_button
from app.components.connection import zone_of
from app.components.frame import frame
from app.components.handover_row import HandoverCard, HandoverRow
from app.components.manifest_sheet import CloseAsk, CloseSheet
from app.components.marks import Mark
from app.components.notice import Notice, names_of
from app.components.pickup import next_pickup
from app.components.printing import print_paper, print_sentence
from app.components.progress import EmptyState, ProgressLine
from app.components.scan_sheet import ScanPanel
from app.components.sheet import sheet
from app.context import HOW, Workplace, use_desk, use_person, use_store, use_workplace
from app.devices.printer import Printed
from app.devices.scanning import Scan
from app.i18n import Translations
from app.queries import paper
from app.queries.handover import HandoverParcelView, ManifestView, manifest_view
from app.queries.people import who_may
from app.state.cell import use_kept
from app.theme import SPACE_M, SPACE_S, bold
from app.ui import key, screen, use_form_factor, use_query, use_scans, use_translations
from core.domain.lifecycle import ManifestState

Press = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Seen:
    """What only this drawing of the screen knows: "camera" or "close" open, a print under way, one that is done."""

    camera: bool = False
    closing: bool = False
    printing: bool = False
    printed: bool = False


@dataclass(eq=False)
class Unloader:
    """Rows hold on to one function over all drawings; what it does is up to the newest one."""

    newest: Callable[[HandoverParcelView], None] = field(default=lambda _view: None)

    def unload(self, view: HandoverParcelView) -> None:
        self.newest(view)


@dataclass(frozen=True)
class Loading:
    """What a person does with this list. `forbidden`: why they may not, "" where they may."""

    manifest_id: str
    workplace: Workplace
    desk: Desk
    words: Translations
    forbidden: str
    answer: Answer
    tell: Tell

    def scan(self, scan: Scan) -> None:
        if self.forbidden:
            self.tell("error", self.forbidden)
        else:
            self.answer(handover.scan(self.desk, self.manifest_id, scan.text, HOW[scan.source]))

    def unload(self, view: HandoverParcelView) -> None:
        self.answer(handover.unload(self.desk, self.manifest_id, view.fulfilment_id, view.parcel_id))

    def close(self) -> None:
        """A second tap closes nothing a second time."""
        self.answer(handover.close(self.desk, self.manifest_id, f"close:{self.manifest_id}"))

    async def print(self) -> bool:
        """Whether the list went to the printer."""
        draw = paper.manifest(self.workplace.database, self.manifest_id, self.workplace.clock())
        outcome = await print_paper(self.workplace, draw)
        self.tell(*print_sentence(self.words, outcome))
        return isinstance(outcome, Printed)


@dataclass(frozen=True, slots=True)
class ListPresses:
    camera: Press
    ask_close: Press
    print: Press
    leave: Press


@screen
def ManifestScreen() -> ft.View:
    _, workplace, desk = use_translations(), use_workplace(), use_desk()
    person, store, manifest_id = use_person(), use_store(), ft.use_route_params()["id"]
    wide, unloader = use_form_factor() == "tablet", use_kept(Unloader)
    seen, see = ft.use_state(Seen())
    banner, answer, tell = use_telling()
    view = use_query(lambda: manifest_view(workplace.database, manifest_id), "work", "people", deps=(manifest_id,))
    ask = use_query(lambda: who_may(workplace.database, "hand_over"), "people")
    may = person.permissions if person else frozenset[str]()
    no = _("You have no permission to hand parcels over. Ask {names}.").format(names=names_of(_, ask))
    loading = Loading(manifest_id, workplace, desk, _, "" if "hand_over" in may else no, answer, tell)

    def close() -> None:
        see(Seen())
        loading.close()

    async def print_list() -> None:
        see(Seen(printing=True, printed=seen.printed))
        see(Seen(printed=await loading.print() or seen.printed))

    presses = ListPresses(
        camera=lambda: see(Seen(camera=not seen.camera)),
        ask_close=lambda: see(Seen(closing=True)),
        print=print_list,
        leave=lambda: ft.context.page.navigate("/handover"),
    )
    unloader.newest = loading.unload
    use_scans(loading.scan)
    stay = lambda: see(Seen())  # noqa: E731
    asked = CloseSheet(_close_ask(view), close, stay) if view and seen.closing else None
    ft.use_dialog(sheet(asked, stay, "manifest-close-sheet") if asked else None)
    if view is None:
        text = _("It was closed long ago, or it belongs to another store.")
        gone = EmptyState(ft.Icons.HELP_OUTLINE, _("This list is not known any more."), text)
        leave = primary_button(
            _("Back to the carriers"), ft.Icons.LOCAL_SHIPPING, presses.leave, "manifest-back-button"
        )
        return frame(_("Handover"), gone, ActionBar([leave]))
    is_open = view.state is ManifestState.OPEN
    top: list[ft.Control] = [banner]
    if loading.forbidden and is_open:
        top.append(Notice("warn", loading.forbidden, name="manifest-forbidden-text"))
    clock = zone_of(store.timezone if store else "")
    pickup = next_pickup(view.pickup_time, workplace.clock(), clock)
    top.append(_head(_, view, _.time(pickup, clock) if pickup else "") if is_open else _closed(_, view, clock))
    if seen.camera and is_open:
        top.append(
            ScanPanel(presses.camera, label=_("Number under the bars"), place="parcel", key="manifest-scan-panel")
        )
    lists = _lists(_, view, is_open and not loading.forbidden, "pack" in may, unloader)
    body = _body(top, lists, wide)
    bar = None if loading.forbidden and is_open else ActionBar(_buttons(_, view, seen, presses))
    print_button = icon_button(ft.Icons.PRINT, _("Print the list"), presses.print, "manifest-print-icon")
    return frame(view.carrier_name, body, bar, [print_button] if is_open and view.parcels else [])


def _buttons(_: Translations, view: ManifestView, seen: Seen, presses: ListPresses) -> list[ft.Control]:
    """Scan until nothing waits, then close; once closed print, then go on."""
    loaded = len(view.parcels)
    if view.state is ManifestState.CLOSED:
        leave_words = _("Back to the carriers")
        if seen.printed:
            again = secondary_button(_("Print again"), ft.Icons.PRINT, presses.print, "manifest-print-button")
            return [again, primary_button(leave_words, ft.Icons.CHECK, presses.leave, "manifest-back-button")]
        text = _("The list is being printed") if seen.printing else _("Print the list")
        printing = None if seen.printing else presses.print
        leave = secondary_button(leave_words, ft.Icons.LOCAL_SHIPPING, presses.leave, "manifest-back-button")
        return [leave, primary_button(text, ft.Icons.PRINT, printing, "manifest-print-button")]
    waiting = sum(not parcel.stopped for parcel in view.waiting)
    text = _.ngettext("Close the list ({n} parcel)", "Close the list ({n} parcels)", loaded).format(n=_.number(loaded))
    if loaded and not waiting:
        other = secondary_button(_("Scan"), ft.Icons.PHOTO_CAMERA, presses.camera, "manifest-camera-button")
        end = primary_button(text, ft.Icons.LOCAL_SHIPPING, presses.ask_close, "manifest-close-button")
        return [end] if seen.camera else [other, end]
    buttons: list[ft.Control] = []
    if loaded:
        buttons.append(secondary_button(text, ft.Icons.LOCAL_SHIPPING, presses.ask_close, "manifest-close-button"))
    if not seen.camera:
        scan = _("Scan with the camera")
        buttons.append(primary_button(scan, ft.Icons.PHOTO_CAMERA, presses.camera, "manifest-camera-button"))
    return buttons


def _head(_: Translations, view: ManifestView, pickup: str) -> ft.Control:
    loaded = len(view.parcels)
    total = loaded + sum(not parcel.stopped for parcel in view.waiting)
    # Translators: parcels on the list of the driver, of all that go with this carrier
    words = _("{loaded} of {total} on the list").format(loaded=_.number(loaded), total=_.number(total))
    lines: list[ft.Control] = [ProgressLine(loaded, total, words)]
    if pickup:
        lines.append(Mark(_("Pick-up at {time}").format(time=pickup), ft.Icons.SCHEDULE))
    return ft.Column(lines, spacing=SPACE_S, tight=True, key="manifest-head")


def _closed(_: Translations, view: ManifestView, clock: tzinfo) -> Any:
    count = len(view.parcels)
    parcels = _.ngettext("{n} parcel", "{n} parcels", count).format(n=_.number(count))
    when = _.moment(view.closed_at, clock) if view.closed_at else ""
    text = _("Handed over: {parcels}, {when}. List {number}.").format(
        parcels=parcels, when=when, number=paper.manifest_number(view.id)
    )
    return Notice("ok", text, ft.Icons.LOCAL_SHIPPING, "manifest-closed-text")


def _lists(
    _: Translations, view: ManifestView, may_unload: bool, may_pack: bool, unloader: Unloader
) -> list[tuple[str, list[ft.Control]]]:
    """(title, rows): what still waits, then what is on the list; a closed list shows only its parcels."""

    def rows(parcels: tuple[HandoverParcelView, ...], unload: bool) -> list[ft.Control]:
        return [
            HandoverRow(HandoverCard(p, unload, may_pack), unloader.unload, key=key("manifest", p.parcel_id, "card"))
            for p in parcels
        ]

    waiting, loaded = rows(view.waiting, False), rows(tuple(reversed(view.parcels)), may_unload)
    if view.state is ManifestState.CLOSED:
        return [(_("On the list"), loaded)]
    if not waiting:
        waiting = [ft.Text(_("Nothing of this carrier waits any more."), color=ft.Colors.ON_SURFACE_VARIANT)]
    if not loaded:
        loaded = [ft.Text(_("Scan the parcels the driver takes."), color=ft.Colors.ON_SURFACE_VARIANT)]
    return [(_("Still waiting"), waiting), (_("On the list"), loaded)]


def _body(top: list[ft.Control], lists: list[tuple[str, list[ft.Control]]], wide: bool) -> ft.Control:
    head = ft.Container(
        ft.Column(top, spacing=SPACE_S, tight=True), padding=ft.Padding.symmetric(horizontal=SPACE_M, vertical=SPACE_S)
    )
    titled = [[ft.Text(title, style=bold(size=18)), *rows] for title, rows in lists]
    pad = ft.Padding.symmetric(horizontal=SPACE_M, vertical=SPACE_S)
    if wide:
        columns: list[ft.Control] = [
            ft.ListView(rows, expand=1, spacing=SPACE_S, padding=pad, key=f"manifest-list-{n}")
            for n, rows in enumerate(titled)
        ]
        walk: ft.Control = ft.Row(columns, expand=True, vertical_alignment=ft.CrossAxisAlignment.START)
    else:
        walk = ft.ListView(
            sum(titled, list[ft.Control]()), expand=True, spacing=SPACE_S, padding=pad, key="manifest-list"
        )
    return ft.Column([head, walk], expand=True, spacing=0, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _close_ask(view: ManifestView) -> CloseAsk:
    return CloseAsk(
        carrier=view.carrier_name,
        going=len(view.parcels),
        cancelled=sum(parcel.stopped == "cancelled" for parcel in view.parcels),
        staying=len(view.waiting),
    )
