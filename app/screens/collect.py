"""What customers fetch here: who waits now on top, then by tab; a code, a parcel, a name or a shelf finds it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta, tzinfo
from typing import Any

import flet as ft

from app.actions import collecting
from app.components.answer import go_saying, use_telling
from app.components.buttons import icon_button
from app.components.collect_entry import somebody_waits, waits_line
from app.components.collect_facts import TAB_ICONS, last_day, tab_word, waiting_words
from app.components.collect_row import CollectCard, CollectRow
from app.components.connection import zone_of
from app.components.frame import frame
from app.components.marks import due
from app.components.minute import use_minute
from app.components.progress import EmptyState
from app.components.scan_sheet import use_scan_sheet
from app.components.search import Searching, SearchRow
from app.context import HOW, use_desk, use_person, use_reader, use_store, use_workplace
from app.devices.scanning import Scan
from app.i18n import Translations
from app.queries.collecting import CollectItemView, CollectListView, Tab, collect_list
from app.queries.finding import find, nothing_called
from app.state.cell import use_kept
from app.theme import SPACE_M, SPACE_S, bold, regular
from app.ui import key, part, screen, use_form_factor, use_query, use_scans, use_translations, use_ui
from core.domain.barcodes import ShelfCode, normalise

# Where a phone's line of tabs stands to show them; that of who can fetch is seen in both places.
SHOWN_AT: dict[str, int] = {Tab.INCOMING: 0, Tab.PREPARE: 0, Tab.LATE: -1, Tab.DONE: -1}


class Opener:
    """Rows hold on to one function over all drawings."""

    def open(self, collection_id: str) -> None:
        ft.context.page.navigate(f"/collect/{collection_id}")


@screen
def CollectScreen() -> ft.View:
    _, workplace, desk, reader = use_translations(), use_workplace(), use_desk(), use_reader()
    person, store, now, ui = use_person(), use_store(), use_minute(), use_ui()
    wide, opener = use_form_factor() == "tablet", use_kept(Opener)
    tab, set_tab = ft.use_state(Tab.READY)
    text, set_text = ft.use_state("")
    finding, set_finding = ft.use_state(False)
    banner, answer, _tell = use_telling()
    label = _("Code, name, short id or shelf")
    open_camera = use_scan_sheet(label=label)
    view = use_query(
        lambda: collect_list(workplace.database, reader.location_id, tab, text), "work", "people",
        deps=(reader, tab, text),
    )  # fmt: skip

    def hear(scan: Scan) -> None:
        code, typed = normalise(scan.text), scan.source == "typed"
        if isinstance(code, ShelfCode):
            set_text(code.value)
            set_finding(True)
        elif not look_up(scan) and typed:
            set_text(scan.text.strip())
            set_finding(True)
        elif not found_here(scan.text):
            answer(nothing_called(workplace.database, scan.text))

    def look_up(scan: Scan) -> bool:
        """A parcel that is expected arrives by its scan; whatever names one order opens it."""
        if "collect" in (person.permissions if person else ()) and scan.source != "typed":
            arrived = collecting.arrive_any(desk, scan.text, HOW[scan.source])
            if arrived is not None:
                answer(arrived[1])
                go_saying(ui, f"/collect/{arrived[0]}", arrived[1])
                return True
        ids = found_here(scan.text)
        if len(ids) == 1:
            set_text("")
            opener.open(ids[0])
        return len(ids) == 1

    def found_here(said: str) -> list[str]:
        return [found.id for found in find(workplace.database, said) if found.kind == "collection"]

    use_scans(hear)
    clock = zone_of(store.timezone if store else "")
    search = Searching(text, set_text, lambda said: hear(Scan(said, "typed")), open_camera, label)
    top: list[ft.Control] = [
        TabChips(view.counts, "" if text.strip() else tab, lambda one: (set_tab(one), set_text("")))
    ]
    top.append(ft.Container(banner, padding=ft.Padding.symmetric(horizontal=SPACE_M)))
    if wide or finding:
        top.insert(0, SearchRow(search))
    seek = icon_button(
        ft.Icons.SEARCH_OFF if finding else ft.Icons.SEARCH,
        _("Close search") if finding else _("Find or scan"),
        lambda: (set_finding(not finding), set_text("")),
        "collect-find-button",
    )
    told = Told(_, now, clock, wide)
    searched = None if text.strip() else tab
    if view.here and not wide and searched not in (None, Tab.READY):
        # On a phone their cards would hide what was asked for: one line leads back to them.
        since = min(one.waiting_since or now for one in view.here)
        words = somebody_waits(_, len(view.here), max(timedelta(), now - since))
        top.append(waits_line(words, lambda: set_tab(Tab.READY), "collect-waits-button"))
        view = replace(view, here=())
    body = ft.Column([*top, _list(told, view, searched, opener)], spacing=SPACE_S, expand=True)
    return frame(_("Collect"), body, None, [] if wide else [seek])


class Told:
    """How a card's moments are told."""

    def __init__(self, _: Translations, now: datetime, clock: tzinfo, wide: bool) -> None:
        self.words, self.now, self.clock, self.wide = _, now, clock, wide

    def card(self, view: CollectItemView) -> CollectCard:
        _, waiting, until = self.words, "", ""
        if view.waiting_since is not None:
            waiting = waiting_words(_, view.waiting_since, view.waiting_where, self.now)
        if view.tab in (Tab.READY, Tab.LATE):
            until = _("until {day}").format(day=last_day(_, view.target_at, self.clock))
        elif view.tab is Tab.DONE:
            until = _.moment(view.target_at, self.clock)
        soon = due(_, view.target_at, self.now, self.clock) if not until else None
        return CollectCard(view, soon, until, waiting, self.wide)


def _list(told: Told, view: CollectListView, tab: Tab | None, opener: Opener) -> Any:
    """`tab`: None while somebody searches, which goes over all tabs."""
    _ = told.words

    def rows(views: tuple[CollectItemView, ...]) -> list[ft.Control]:
        return [CollectRow(told.card(one), opener.open, key=key("collect", one.id, "card")) for one in views]

    lines: list[ft.Control] = []
    if view.here:
        lines += [_title(_("Here now"), ft.Icons.PERSON_PIN_CIRCLE), *rows(view.here)]
        lines.append(_title(tab_word(_, tab) if tab else _("Found"), TAB_ICONS[tab] if tab else ft.Icons.SEARCH))
    lines += rows(view.items)
    if not view.items and (tab is not None or not view.here):
        lines.append(_nothing(_, tab, low=bool(view.here)))
    return ft.ListView(lines, key="collect-list", expand=True, padding=ft.Padding.only(bottom=SPACE_M))


def _title(text: str, icon: ft.IconData) -> ft.Control:
    line = ft.Row([ft.Icon(icon, color=ft.Colors.PRIMARY), ft.Text(text, style=bold(size=18))], spacing=SPACE_S)
    return ft.Container(line, padding=ft.Padding.symmetric(vertical=SPACE_S, horizontal=SPACE_M))


def _nothing(_: Translations, tab: Tab | None, low: bool) -> Any:
    if tab is None:
        text = _("Ask for the pick-up code, or try another name. The order may belong to another store.")
        return EmptyState(ft.Icons.SEARCH_OFF, _("No order to collect is called so"), text)
    words = {
        Tab.INCOMING: _("No parcel is on its way to this store."),
        Tab.PREPARE: _("Nothing has to be put on a shelf now."),
        Tab.READY: _("Nothing lies ready for a customer now."),
        Tab.LATE: _("Nothing is late, and nothing goes back to the shelves."),
        Tab.DONE: _("Nothing was handed over yet."),
    }
    if low:
        return ft.Container(ft.Text(words[tab], color=ft.Colors.ON_SURFACE_VARIANT), padding=SPACE_M)
    return EmptyState(TAB_ICONS[tab], words[tab])


@part
def TabChips(counts: Mapping[Tab, int], chosen: str, on_choose: Callable[[Tab], Any]) -> ft.Control:
    """`chosen`: "" while somebody searches. On a phone the chosen one is scrolled into sight."""
    _, tablet = use_translations(), use_form_factor() == "tablet"
    line = use_kept(lambda: ft.Ref[ft.Row]())

    async def follow() -> None:
        if line.current is not None and (offset := SHOWN_AT.get(chosen)) is not None:
            await line.current.scroll_to(offset=offset, duration=200)

    ft.use_effect(follow, [chosen, tablet])
    chips: list[ft.Control] = [
        ft.Chip(
            label=ft.Text(
                f"{tab_word(_, one)} {_.number(counts[one])}", style=(bold if one == chosen else regular)(size=14)
            ),
            leading=ft.Icon(TAB_ICONS[one], size=18) if tablet else None,
            key=key("collect", one, "chip"),
            selected=one == chosen,
            show_checkmark=False,
            on_select=_chooser(on_choose, one),
            padding=ft.Padding.symmetric(vertical=10, horizontal=6),
        )
        for one in Tab
    ]
    if tablet:
        inside = ft.Row(chips, spacing=SPACE_S, run_spacing=SPACE_S, wrap=True)
        return ft.Container(inside, key="collect-tabs", padding=ft.Padding.symmetric(horizontal=SPACE_M))
    ends = [ft.Container(width=SPACE_S), ft.Container(width=SPACE_S)]
    ended = [ends[0], *chips, ends[1]]
    return ft.Row(ended, key="collect-tabs", ref=line, spacing=SPACE_S, scroll=ft.ScrollMode.HIDDEN)


def _chooser(on_choose: Callable[[Tab], Any], tab: Tab) -> Callable[[], Any]:
    return lambda: on_choose(tab)
