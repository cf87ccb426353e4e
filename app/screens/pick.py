"""A pick run, stop by stop. Every scan is decided and committed here and now, with or without the network."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import flet as ft

from app.actions import picking, runs
from app.actions.desk import Desk
from app.actions.picking import Aim, Missing
from app.components.answer import AnswerBanner
from app.components.frame import frame
from app.components.printing import print_paper, print_sentence
from app.components.run_bar import RunBar, RunMenu, RunPresses
from app.components.run_board import HeadView, RunBoard, Stage, stage_of
from app.components.run_sheets import CodeSheet, FinishSheet, QuantitySheet
from app.components.run_stage import RunStage
from app.components.scan_sheet import use_expected
from app.components.sheet import sheet
from app.components.short_sheet import ShortAsk, ShortSheet
from app.components.stop_card import StopCard
from app.components.stop_list import StopList, follow
from app.context import HOW, Workplace, use_desk, use_person, use_reader, use_store, use_workplace
from app.devices.scanning import Scan
from app.i18n import Translations
from app.queries import paper
from app.queries.run import RunView, counted_into, other_orders_with, run_view, short_reasons
from app.state.cell import use_cell, use_kept
from app.theme import SPACE_M, SPACE_S, Meaning
from app.ui import (
    CameraView,
    UiState,
    key,
    part,
    screen,
    use_form_factor,
    use_query,
    use_scans,
    use_translations,
    use_ui,
)
from app.words import meaning, say
from core.domain.outcome import Outcome
from core.domain.process import may_override_scan
from core.domain.scanning import OtherStop, ShelfMatched, StopComplete

LOW_DP = 660  # a phone's screen that has no room for the picture


@dataclass(frozen=True)
class Walking:
    """What a person does in this run. Each verb is one local transaction, then the answer is shown and given."""

    run_id: str
    board: RunBoard
    workplace: Workplace
    desk: Desk
    ui: UiState
    words: Translations
    store: tuple[str, str]  # name and time zone

    def read(self) -> RunView | None:
        return run_view(self.workplace.database, self.workplace.walks, self.run_id, self.desk.user_id)

    def scan(self, scan: Scan) -> None:
        """Counts, or says why not. A run that is paused or a colleague's counts nothing: what is in hand is not its."""
        _, board, view = self.words, self.board, self.read()
        stage = stage_of(view) if view else Stage.UNKNOWN
        if view is None or stage is not Stage.ACTIVE:
            self.tell("warn", _("Nothing was counted: you are not picking this run now."))
            return
        aimed = board.aimed(view)
        aim = Aim(self.run_id, aimed, frozenset(board.shelves))
        outcome = picking.scan(self.desk, aim, scan.text, HOW[scan.source])
        if isinstance(outcome, ShelfMatched):
            board.shelves.add(outcome.stop_id)
            board.chosen = outcome.stop_id
        self._follow(aimed, outcome, view)

    def count(self, quantity: int, override: bool) -> None:
        stop_id, before = self.board.stop_id, self.read()
        self.board.sheet.value = ""
        self._follow(stop_id, picking.confirm(self.desk, Aim(self.run_id, stop_id), quantity, override), before)

    def report(self, quantity: int, reason: str, collateral: bool) -> None:
        stop_id = self.board.stop_id
        self.board.sheet.value = ""
        missing = Missing(self.run_id, stop_id, quantity, reason, collateral)
        self._follow(stop_id, picking.report_short(self.desk, missing))

    def undo(self) -> None:
        stop_id = self.board.stop_id
        outcome = picking.undo(self.desk, self.run_id, stop_id)
        self.board.chosen = stop_id
        self.answer(outcome)

    def change(self, verb: Callable[[Desk, str], Outcome], route: str = "") -> None:
        """Pause, resume, take over; `route`: where to go then."""
        self.answer(verb(self.desk, self.run_id))
        if route:
            ft.context.page.navigate(route)

    def finish(self) -> None:
        """What is in hand goes to its shelf or to the packing table."""
        self.board.sheet.value = ""
        outcome = runs.finish(self.desk, self.run_id)
        self.answer(outcome)
        view = self.read()
        ft.context.page.navigate(after_picking(view))

    def aim(self, stop_id: str) -> None:
        self.board.chosen = stop_id
        self.board.show(self.read())

    async def print_list(self) -> None:
        view = self.board.view
        draw = paper.pick_list(view, self.store, self.words, self.workplace.clock()) if view else None
        self.tell(*print_sentence(self.words, await print_paper(self.workplace, draw)))

    def answer(self, outcome: Outcome, where: str = "") -> None:
        self.tell(meaning(outcome), " ".join(filter(None, (where, say(self.words, outcome)))))
        self.workplace.changed("work", "stock")

    def tell(self, kind: Meaning, text: str) -> None:
        self.board.answer.value = (kind, text)
        if kind != "info":
            self.ui.feedback.give(kind, text)

    def _follow(self, stop_id: str | None, outcome: Outcome, before: RunView | None = None) -> None:
        """A stop that is complete leaves the screen for the next open one; the camera closes with the last.

        The tote is said with the answer: when it is read, the screen shows the next article already.
        """
        _, view = self.words, self.read()
        tote = counted_into(before, view) if before and view else None
        stop = view.stop(stop_id) if view else None
        if stop is not None and stop.done and not isinstance(outcome, OtherStop):
            self.board.leave(stop.id, view)
        elif isinstance(outcome, StopComplete):
            self.board.chosen = stop_id
        if view is not None and view.next_stop is None:
            self.board.camera.value = False
        self.answer(outcome, _("Into tote {tote}.").format(tote=tote) if tote else "")


def after_picking(view: RunView | None) -> str:
    """What a customer fetches is put away first, then the next order is packed; without either the work list."""
    if view is not None and view.to_put_away:
        return f"/collect/{view.to_put_away[0][0]}"
    return f"/pack/{view.to_pack[0][0]}" if view is not None and view.to_pack else "/"


@screen
def PickScreen() -> ft.View:
    """Draws once; what changes with a scan are the parts that look at the board's cells."""
    _, ui, workplace, desk, reader = use_translations(), use_ui(), use_workplace(), use_desk(), use_reader()
    person, store, run_id = use_person(), use_store(), ft.use_route_params()["id"]
    board = use_kept(RunBoard)
    place = (store.name, store.timezone) if store else ("", "UTC")
    walking = Walking(run_id, board, workplace, desk, ui, _, place)
    permissions = person.permissions if person else frozenset[str]()
    if board.view is None:
        board.show(walking.read())
    may = board.view is not None and may_override_scan(board.view.process, person.roles if person else ())
    board.may_override = may or "override_scan" in permissions

    def open_sheet(name: str) -> None:
        board.sheet.value = name

    def camera(opened: bool) -> None:
        board.camera.value = opened

    presses = RunPresses(
        count_one=lambda: walking.count(1, False),
        undo=walking.undo,
        finish=walking.finish,
        pause=lambda: walking.change(runs.pause, "/"),
        resume=lambda: walking.change(runs.resume),
        take_over=lambda: walking.change(runs.take_over),
        print_list=walking.print_list,
        open_sheet=open_sheet,
        camera=camera,
    )
    use_scans(walking.scan)
    number = board.view.number if board.view else ""
    body = ft.Stack(
        [
            RunBody(walking, presses, "take_over" in permissions),
            ft.Column([_Feed(walking), _Sheets(walking, reader.language)], width=0, height=0),
        ],
        expand=True,
    )
    title = _("Pick run {number}").format(number=number) if number else _("Pick run")
    return frame(title, body, actions=[RunMenu(board, presses)])


@part
def _Feed(walking: Walking) -> ft.Control:
    """Reads the run again whenever work changed here, in another window or in the core, and tells the board."""
    board, nothing = walking.board, use_kept(lambda: ft.Container(width=0, height=0))
    followed, phone = use_kept(lambda: [""]), use_form_factor() == "phone"
    view = use_query(walking.read, "work", "stock", deps=(walking.run_id, walking.desk.user_id))

    async def show() -> None:
        board.show(view)
        # On a phone the open camera stands where the list is.
        if board.stop_id != followed[0] and not (phone and board.camera.value):
            followed[0] = board.stop_id
            await follow(board)

    ft.use_effect(show, [view, board.chosen, len(board.shelves)])
    return nothing


@part
def RunBody(walking: Walking, presses: RunPresses, may_take_over: bool) -> Any:
    board, stage = walking.board, use_cell(walking.board.stage)
    tablet, camera, page = use_form_factor() == "tablet", use_cell(board.camera), ft.context.page
    allowed = use_expected("article")
    if stage is not Stage.ACTIVE:
        return RunStage(board, presses, may_take_over, page.navigate)
    low = camera or bool(page.height and page.height < LOW_DP)
    card = StopCard(board, low and not tablet, presses.undo)
    top = [_Answer(board), _Notes(board), _Progress(board)]
    walk: ft.Control = StopList(board, walking.aim)
    seen = CameraView(lambda: presses.camera(False), allowed) if camera else None
    if tablet:
        left = ft.Column([*top, card], expand=3, spacing=SPACE_S, scroll=ft.ScrollMode.AUTO)
        right = ft.Column([seen, walk] if seen else [walk], expand=2)
        work: ft.Control = ft.Row([left, right], expand=True, spacing=SPACE_M,
                                  vertical_alignment=ft.CrossAxisAlignment.START)  # fmt: skip
    elif seen:
        work = ft.Column([_Answer(board), seen, card, _Notes(board)], expand=True, spacing=SPACE_S,
                         scroll=ft.ScrollMode.AUTO)  # fmt: skip
    else:
        work = ft.Column([*top, card, walk], expand=True, spacing=SPACE_S)
    inside = ft.Container(work, expand=True, padding=ft.Padding.symmetric(horizontal=SPACE_M, vertical=SPACE_S))
    return ft.Column([inside, RunBar(board, presses)], expand=True, spacing=0,
                     horizontal_alignment=ft.CrossAxisAlignment.STRETCH)  # fmt: skip


@part
def _Answer(board: RunBoard) -> ft.Control:
    said = use_cell(board.answer)
    banner: ft.Control = AnswerBanner(*said) if said else AnswerBanner("info", "")
    return banner


@part
def _Progress(board: RunBoard) -> ft.Control:
    _, head = use_translations(), use_cell(board.head)
    if head is None:
        return ft.Container()
    words = _progress_words(_, head)
    bar = ft.ProgressBar(
        value=head.done / head.asked if head.asked else 0, bar_height=8, border_radius=4, expand=True,
        semantics_label=words,
    )  # fmt: skip
    return ft.Row([bar, ft.Text(words, color=ft.Colors.ON_SURFACE_VARIANT)], spacing=SPACE_S)


def _progress_words(_: Translations, head: HeadView) -> str:
    left = _.ngettext("{n} stop left", "{n} stops left", head.stops_left).format(n=_.number(head.stops_left))
    # Translators: units done of units asked for, and the stops left, in one line
    return _("{done} of {asked}, {left}").format(done=head.done, asked=head.asked, left=left)


@part
def _Notes(board: RunBoard) -> ft.Control:
    """Orders that fell out of the run: cancelled under way, or a colleague's."""
    _, head, page = use_translations(), use_cell(board.head), ft.context.page
    notes: list[ft.Control] = []
    for fulfilment_id, short_id, units in head.cancelled if head else ():
        text = _("Order {short_id} was cancelled. Nothing more is fetched for it.").format(short_id=short_id)
        line: list[ft.Control] = [ft.Icon(ft.Icons.CANCEL), ft.Text(text, expand=True)]
        if units:
            back = _way(page, f"/put-back/{fulfilment_id}")
            line.append(ft.TextButton(_("Put back"), on_click=back, key=key("pick", fulfilment_id, "putback")))
        notes.append(ft.Row(line, spacing=SPACE_S))
    if head and head.left_out:
        said = _.ngettext(
            "{n} order is left out: a colleague has it.", "{n} orders are left out: colleagues have them.",
            head.left_out,
        ).format(n=_.number(head.left_out))  # fmt: skip
        notes.append(ft.Row([ft.Icon(ft.Icons.PEOPLE), ft.Text(said, expand=True)], spacing=SPACE_S))
    return ft.Column(notes, spacing=0, tight=True, visible=bool(notes), key="pick-notes")


def _way(page: ft.Page, route: str) -> Callable[[], None]:
    return lambda: page.navigate(route)


@part
def _Sheets(walking: Walking, language: str) -> ft.Control:
    """The open sheet, if any. It looks at the board when it opens and when a scan changed the stop under it."""
    _, board = use_translations(), walking.board
    name = use_cell(board.sheet)
    close = lambda: setattr(board.sheet, "value", "")  # noqa: E731
    content = _content(_, walking, language, name, close) if name else None
    ft.use_dialog(sheet(content, close, key("pick", name, "sheet")) if content is not None else None)
    return ft.Container(width=0, height=0)


def _content(
    _: Translations, walking: Walking, language: str, name: str, close: Callable[[], None]
) -> ft.Control | None:
    board, database = walking.board, walking.workplace.database
    view, choices = board.view, board.choices.value
    stop = view.stop(board.stop_id) if view else None

    def typed(code: str) -> None:
        close()
        walking.scan(Scan(code, "typed"))

    shown: ft.Control | None = None
    if name == "code":
        shown = CodeSheet(_("Type the code"), _("Number under the bars, or article number"), typed)
    elif name == "finish" and board.head.value:
        shown = FinishSheet(board.head.value.open_orders, walking.finish, close)
    elif name == "quantity" and stop:
        override = not choices.free
        shown = QuantitySheet(stop.name, stop.remaining, lambda n: walking.count(n, override))
    elif name == "short" and stop:
        mine = frozenset(share.line_id for share in stop.totes)
        others = other_orders_with(database, stop.sku, mine)
        ask = ShortAsk(stop.name, stop.remaining, short_reasons(database, language), others)
        shown = ShortSheet(ask, walking.report)
    return shown
