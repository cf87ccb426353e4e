"""Everything there is to do in this store, soonest target first; one tap begins it, one code finds it (PP1)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import flet as ft

from app.actions import runs
from app.components.answer import use_answer
from app.components.buttons import ActionBar, icon_button, primary_button
from app.components.collect_entry import CollectEntry, SomebodyWaits
from app.components.connection import zone_of
from app.components.filters import FilterChips
from app.components.frame import frame
from app.components.marks import due
from app.components.minute import use_minute
from app.components.progress import EmptyState
from app.components.scan_sheet import use_scan_sheet
from app.components.search import Searching, SearchRow
from app.components.work_row import WorkCard, WorkRow
from app.context import use_desk, use_person, use_reader, use_store, use_workplace
from app.i18n import Translations
from app.queries.finding import Found, find, is_called, nothing_called
from app.queries.work import WorkItemView, work_list
from app.state.cell import use_kept
from app.theme import SPACE_M, SPACE_S
from app.ui import key, screen, use_form_factor, use_query, use_scans, use_translations
from core.domain.worklist import WorkFilter, WorkKind

Open = Callable[[WorkItemView], None]
ROUTES = {
    WorkKind.PICK: "/wave?order={ref}",
    WorkKind.PACK: "/pack/{ref}",
    WorkKind.PUT_AWAY: "/collect/{ref}",
    WorkKind.PUT_BACK: "/put-back/{ref}",
    WorkKind.HAND_OVER: "/handover",
    WorkKind.HELD: "/order/{ref}",
    WorkKind.CONTINUE_RUN: "/run/{ref}",
}


@dataclass(frozen=True, slots=True)
class Taking:
    """A run of a colleague that was tapped, "" for none."""

    run_id: str = ""
    who: str = ""


class Opener:
    """Rows hold on to one function over all drawings; what it does is up to the newest one."""

    def __init__(self) -> None:
        self.newest: Open = lambda _view: None

    def open(self, view: WorkItemView) -> None:
        self.newest(view)


@screen
def WorkListScreen() -> ft.View:
    _, workplace, desk, reader = use_translations(), use_workplace(), use_desk(), use_reader()
    person, store, now = use_person(), use_store(), use_minute()
    wide = use_form_factor() == "tablet"
    asked, ask = ft.use_state(WorkFilter())
    text, set_text = ft.use_state("")
    finding, set_finding = ft.use_state(False)
    taking, set_taking = ft.use_state(Taking())
    banner, answer = use_answer()
    opener, open_camera = use_kept(Opener), use_scan_sheet(label=_("Short id, order or parcel"))
    view = use_query(
        lambda: work_list(workplace.database, reader, now, asked), "work", "people", deps=(reader, now, asked)
    )
    may = person.permissions if person else frozenset()

    def open_item(item: WorkItemView) -> None:
        if item.item.kind is WorkKind.CONTINUE_RUN and not item.mine:
            set_taking(Taking(item.item.ref, item.who))
        else:
            ft.context.page.navigate(ROUTES[item.item.kind].format(ref=item.item.ref))

    def look_up(said: str) -> None:
        found = find(workplace.database, said)
        if not found:
            answer(nothing_called(workplace.database, said))
        elif collected := next((one for one in found if one.kind == "collection"), None):
            ft.context.page.navigate(f"/collect/{collected.id}")
        elif len(found) > 1:
            set_text(said.strip())
            set_finding(True)
        else:
            set_text("")
            _open_found(found[0], work_list(workplace.database, reader, now, WorkFilter()).items, open_item)

    def take_over() -> None:
        set_taking(Taking())
        answer(runs.take_over(desk, taking.run_id))
        ft.context.page.navigate(f"/run/{taking.run_id}")

    opener.newest = open_item
    use_scans(lambda scan: look_up(scan.text))
    close = lambda: set_taking(Taking())  # noqa: E731
    ft.use_dialog(_taken(_, taking.who, take_over if "take_over" in may else None, close) if taking.run_id else None)
    clock = zone_of(store.timezone if store else "")
    cards = [WorkCard(item, due(_, item.item.target_at, now, clock), wide) for item in _matching(view.items, text)]
    top: list[ft.Control] = [SomebodyWaits(now), FilterChips(view.counts, asked, ask), _inset(banner)]
    if wide or finding:
        top.insert(0, SearchRow(Searching(text, set_text, look_up, open_camera)))
    listed = _list(cards, opener) if cards else _nothing(_, view.total, lambda: (ask(WorkFilter()), set_text("")))
    seek = icon_button(
        ft.Icons.SEARCH_OFF if finding else ft.Icons.SEARCH,
        _("Close search") if finding else _("Find or scan"),
        lambda: (set_finding(not finding), set_text("")),
        "work-find-button",
    )
    body = ft.Column([*top, listed], spacing=SPACE_S, expand=True)
    bar = _start(_, view.next_wave) if "pick" in may and view.next_wave else None
    return frame(_("Work list"), body, bar, [CollectEntry(), *([] if wide else [seek])])


def _matching(items: Sequence[WorkItemView], text: str) -> list[WorkItemView]:
    """Those with the typed text in what people call them."""
    return [view for view in items if is_called(text, (view.item.short_id, view.item.number, view.customer))]


def _open_found(found: Found, items: Sequence[WorkItemView], open_item: Open) -> None:
    """What is to do with it; where nothing is, what there is to read."""
    item = next((view for view in items if view.item.ref == found.id), None)
    page = ft.context.page
    if item is not None:
        open_item(item)
    elif found.kind == "fulfilment":
        page.navigate(f"/order/{found.id}")
    else:
        page.navigate(f"/run/{found.id}" if found.kind == "run" else f"/handover/{found.id}")


def _list(cards: Sequence[WorkCard], opener: Opener) -> ft.Control:
    return ft.ListView(
        [WorkRow(card, opener.open, key=key("work", card.view.item.id, "card")) for card in cards],
        key="work-list",
        expand=True,
        padding=ft.Padding.only(bottom=SPACE_M),
    )


def _nothing(_: Translations, total: int, on_clear: Callable[[], object]) -> Any:
    if not total:
        text = _("New orders appear here by themselves.")
        return EmptyState(ft.Icons.TASK_ALT, _("Everything is done"), text)
    clear = ft.OutlinedButton(
        _("Show everything"), icon=ft.Icons.FILTER_ALT_OFF, key="work-clear-button", on_click=on_clear
    )
    return EmptyState(ft.Icons.FILTER_ALT, _("Nothing here"), _("No work matches the filters and the search."), clear)


def _start(_: Translations, orders: int) -> Any:
    text = _.ngettext("Start picking (next order)", "Start picking (next {n} orders)", orders).format(n=orders)
    go = lambda: ft.context.page.navigate("/wave")  # noqa: E731
    return ActionBar([primary_button(text, ft.Icons.SHOPPING_BASKET, go, "work-start-button")])


def _taken(
    _: Translations, who: str, take_over: Callable[[], None] | None, close: Callable[[], None]
) -> ft.AlertDialog:
    """A colleague holds the run: take it over, where that is permitted."""
    name = who or _("a colleague")
    words = _("Go on with it if {name} has handed it to you. What was picked so far stays counted.").format(name=name)
    if take_over is None:
        words = _("You may not take over a run of a colleague. Ask {name} or a manager.").format(name=name)
    actions: list[ft.Control] = [ft.TextButton(_("Back"), key="work-take-back-button", on_click=close)]
    if take_over is not None:
        actions.append(ft.FilledButton(_("Take over"), key="work-take-over-button", on_click=take_over))
    return ft.AlertDialog(
        modal=True,
        title=ft.Text(_("{name} picks this run").format(name=name)),
        content=ft.Text(words),
        actions=actions,
        on_dismiss=close,
    )


def _inset(control: ft.Control) -> ft.Control:
    return ft.Container(control, padding=ft.Padding.symmetric(horizontal=SPACE_M))
