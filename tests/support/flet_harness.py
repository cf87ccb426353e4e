"""Drives a real Flet session without Flutter: what a test reads is what a device would have been sent.

    async with flet_app(App) as h:            # or flet_main(main) for an `async def main(page)`
        await h.click("demo-add-button")
        assert "One line" in h.texts()
        h.mark(); await h.key("Enter"); assert h.patch_bytes < 500

Leaving the block fails when the session logged a fault, crashed, or lost its update loop;
a test that provokes one empties `h.errors` itself.
"""

import asyncio
import dataclasses
import inspect
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import flet as ft
import msgpack
from flet.components.component import Component
from flet.controls.context import _context_page, context
from flet.controls.id_counter import ControlId
from flet.messaging.connection import Connection
from flet.messaging.protocol import (
    InvokeMethodRequestBody,
    Message,
    MessageAction,
    RegisterClientResponseBody,
    SessionCrashedBody,
    configure_encode_object_for_msgpack,
)
from flet.messaging.session import Session
from flet.pubsub.pubsub_hub import PubSubHub

from app.ui.hooks import UiState, provide

TEXT_FIELDS = (
    "value", "text", "label", "title", "subtitle", "content", "hint_text", "helper", "error", "error_text",
    "counter", "tooltip", "semantics_label", "prefix", "suffix", "badge",
)  # fmt: skip
FAULT_LOGGERS = ("flet", "app", "sync", "asyncio")
_encode = configure_encode_object_for_msgpack(ft.BaseControl)


class ClientSideError(Exception):
    """Raised by an entry of `answers` to let the pretended client refuse a method call."""


class RecordingConnection(Connection):
    """Encodes every message as the web server does (encoding mounts components) and answers method calls."""

    def __init__(self, answers: dict[str, Callable[[dict[str, Any]], Any]]) -> None:
        super().__init__()
        self.loop = asyncio.get_running_loop()
        self.pubsubhub = PubSubHub(loop=self.loop)
        self.page_url = "http://device.test"
        self.session: Session | None = None
        self.answers = answers
        self.bytes_sent = 0
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.crashes: list[str] = []

    def send_message(self, message: Message) -> None:
        self.bytes_sent += len(msgpack.packb([message.action, message.body], default=_encode))
        if isinstance(message.body, SessionCrashedBody):
            self.crashes.append(message.body.message)
        if isinstance(message.body, InvokeMethodRequestBody):
            self.loop.call_soon(self._answer, message.body)

    def _answer(self, body: InvokeMethodRequestBody) -> None:
        arguments = body.args or {}
        self.calls.append((body.name, arguments))
        result, error = None, None
        try:
            answer = self.answers.get(body.name)
            result = answer(arguments) if answer else None
        except ClientSideError as refused:
            error = str(refused)
        assert self.session is not None
        self.session.handle_invoke_method_results(body.control_id, body.call_id, result, error)


class _FaultLog(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        cause = record.exc_info[1] if record.exc_info else None
        self.lines.append(f"{record.getMessage()}: {cause!r}" if cause else record.getMessage())


class Harness:
    """One device: finds controls by key or text, sends events, counts what went over the wire."""

    def __init__(self, session: Session, connection: RecordingConnection, log: _FaultLog) -> None:
        self.session = session
        self.connection = connection
        self.page = session.page
        self.errors: list[str] = log.lines
        connection.crashes = self.errors
        self.mark()

    def mark(self) -> None:
        """Starts counting anew: `patch_bytes` and `controls_built` count from here."""
        self._bytes_mark = self.connection.bytes_sent
        self._id_mark = ControlId.next()

    @property
    def patch_bytes(self) -> int:
        return self.connection.bytes_sent - self._bytes_mark

    @property
    def controls_built(self) -> int:
        """Control objects made since the mark (a redraw that a memo skipped makes none). Reading it counts as none."""
        now = ControlId.next()
        built = now - self._id_mark - 1
        self._id_mark += 1
        return built

    async def settle(self) -> None:
        """Returns when no redraw and no effect is waiting. For work in threads use `until`."""
        quiet_turns = 0
        while quiet_turns < 5:
            await asyncio.sleep(0)
            quiet_turns = 0 if self._busy() else quiet_turns + 1
        self._notice_dead_loop()

    def _busy(self) -> bool:
        pending: set[object] = _private(self.session, "pending_updates")
        effects: list[object] = _private(self.session, "pending_effects")
        return bool(pending or effects) and not self._loop_died()

    def _loop_died(self) -> bool:
        task: asyncio.Task[None] | None = _private(self.session, "updates_task")
        return task is not None and task.done()

    def _notice_dead_loop(self) -> None:
        task: asyncio.Task[None] | None = _private(self.session, "updates_task")
        if task is not None and task.done() and not task.cancelled() and (fault := task.exception()):
            line = f"the update loop died: {fault!r}"
            if line not in self.errors:
                self.errors.append(line)

    async def until(self, condition: Callable[[], object], timeout_s: float = 5.0) -> None:
        """Waits for work outside the loop (a thread, a timer); fails with what is on the screen."""
        deadline = asyncio.get_running_loop().time() + timeout_s
        while not condition():
            if asyncio.get_running_loop().time() > deadline:
                raise AssertionError(f"still not true after {timeout_s} s; on screen: {self.texts()}")
            await asyncio.sleep(0.005)
        await self.settle()

    def controls(self) -> Iterator[ft.BaseControl]:
        """Every visible control of the top view, then of open dialogs, in drawing order."""
        views = _bodies(self.page.views)
        if views:
            yield from _walk(views[-1])
        for dialog in self.page._dialogs.controls:
            if dialog.open:
                yield from _walk(dialog)
        yield from _walk(self.page._overlay)

    def find(self, key: str) -> Any:
        """The control with this key; AssertionError names the keys there are."""
        found = self.find_all(key)
        if not found:
            keys = sorted({str(c.key) for c in self.controls() if c.key is not None})
            raise AssertionError(f"no control has key {key!r}; keys: {keys}; faults: {self.errors}")
        return found[0]

    def find_all(self, key: str) -> list[Any]:
        return [c for c in self.controls() if _key_of(c) == key]

    def has(self, key: str) -> bool:
        return bool(self.find_all(key))

    def find_text(self, text: str) -> Any:
        """The innermost control that shows exactly this text."""
        found = [c for c in self.controls() if text in _own_texts(c)]
        if not found:
            raise AssertionError(f"nothing shows {text!r}; on screen: {self.texts()}")
        return found[-1]

    def texts(self) -> list[str]:
        return [text for control in self.controls() for text in _own_texts(control)]

    async def fire(self, key: str, event: str, data: Any = None) -> None:
        """Sends `on_<event>` of the control; refuses what a person could not do."""
        control = self.find(key)
        if getattr(control, "disabled", False):
            raise AssertionError(f"{key!r} is disabled")
        if getattr(control, f"on_{event}", None) is None:
            raise AssertionError(f"{key!r} ({type(control).__name__}) has no on_{event}")
        await self.session.dispatch_event(control._i, event, data)
        await self.settle()

    async def click(self, key: str) -> None:
        await self.fire(key, "click")

    async def type(self, key: str, text: str) -> None:
        """Fills a field as a client does: first the value, then the change event (when it has one)."""
        control = self.find(key)
        self.session.apply_patch(control._i, {"value": text})
        if getattr(control, "on_change", None) is not None:
            await self.fire(key, "change", text)

    async def submit(self, key: str) -> None:
        await self.fire(key, "submit", self.find(key).value)

    async def key(self, name: str, *, shift: bool = False, ctrl: bool = False) -> None:
        """One key press with no field focused; names as Flutter gives them ("Enter", "A", "Digit 1" is "1")."""
        data = {"key": name, "shift": shift, "ctrl": ctrl, "alt": False, "meta": False}
        await self.session.dispatch_event(self.page._i, "keyboard_event", data)
        await self.settle()

    async def scan(self, code: str) -> None:
        """What a keyboard-wedge scanner sends: the characters in a burst, then Enter."""
        for char in code:
            await self.session.dispatch_event(self.page._i, "keyboard_event", _key_event(char))
        await self.key("Enter")

    async def go(self, route: str) -> None:
        """The client moved to a route (address bar, back gesture)."""
        self.session.apply_page_patch({"route": route})
        await self.session.dispatch_event(self.page._i, "route_change", {"route": route})
        await self.settle()

    async def resize(self, width: int, height: int) -> None:
        """The window changed its size, in logical pixels."""
        self.session.apply_page_patch({"width": width, "height": height})
        await self.session.dispatch_event(self.page._i, "resize", {"width": width, "height": height})
        await self.settle()


@asynccontextmanager
async def flet_main(
    main: Callable[[ft.Page], Awaitable[None] | None],
    *,
    route: str = "/",
    size: tuple[int, int] = (1280, 800),
    web: bool = True,
    answers: dict[str, Callable[[dict[str, Any]], Any]] | None = None,
) -> AsyncIterator[Harness]:
    """Runs `main(page)` as the web server would. `answers`: client method name -> function of its arguments."""
    stored: dict[str, Any] = {}
    known = {**_stored_preferences(stored), **(answers or {})}
    connection = RecordingConnection(known)
    session = Session(connection)
    connection.session = session
    log = _FaultLog()
    for name in FAULT_LOGGERS:
        logging.getLogger(name).addHandler(log)
    token = _context_page.set(session.page)
    try:
        client = {"route": route, "width": size[0], "height": size[1], "web": web, "platform": "linux"}
        session.apply_page_patch(client)
        register = RegisterClientResponseBody(session_id=session.id, page_patch=session.get_page_patch(), error="")
        connection.send_message(Message(MessageAction.REGISTER_CLIENT, register))
        harness = Harness(session, connection, log)
        known.setdefault("get_device_info", lambda _arguments: device_info("en"))
        known.setdefault("push_route", lambda arguments: _follow_route(harness, arguments["route"]))
        context.reset_auto_update()
        outcome = main(session.page)
        if inspect.isawaitable(outcome):
            await outcome
        await session.after_event(session.page)
        await harness.settle()
        harness.mark()
        yield harness
        await harness.settle()
        assert not harness.errors, "\n".join(harness.errors)
    finally:
        session.close()
        await asyncio.sleep(0)
        for name in FAULT_LOGGERS:
            logging.getLogger(name).removeHandler(log)
        _context_page.reset(token)


def flet_app(app: Callable[..., Any], *args: Any, **options: Any) -> Any:
    """Renders the root component (it returns the list of views) as `page.render_views` does."""
    return flet_main(lambda page: page.render_views(app, *args), **options)


def flet_screen(screen: Callable[[], ft.View], path: str, *, ui: UiState | None = None, **options: Any) -> Any:
    """Renders one screen alone behind a real router; `path` is its route pattern, `route=` the address opened."""
    state = ui or UiState()

    @ft.component
    def Root() -> Any:
        return provide(state, lambda: ft.Router([_route(path, screen)], not_found=NoSuchScreen, manage_views=True))

    return flet_main(lambda page: page.render_views(Root), **{"route": path, **options})


def flet_part(part: Callable[..., Any], *args: Any, ui: UiState | None = None, **options: Any) -> Any:
    """Renders a small component alone, on a view of its own, with a UiState around it."""
    state = ui or UiState()

    @ft.component
    def Root() -> Any:
        return provide(state, lambda: part(*args))

    return flet_main(lambda page: page.render(lambda: [Root()]), **options)


@ft.component
def NoSuchScreen() -> ft.Control:
    return ft.Text("(another screen)", key="other-screen")


def _route(path: str, screen: Callable[[], ft.View]) -> ft.Route:
    return ft.Route(index=True, component=screen) if path == "/" else ft.Route(path=path.lstrip("/"), component=screen)


def _private(session: Session, name: str) -> Any:
    """Flet tells nobody whether redraws are waiting, so the harness reads its queues. A rename fails every test."""
    return vars(session)[f"_Session__{name}"]


def _follow_route(harness: Harness, route: str) -> None:
    tasks = harness.__dict__.setdefault("_route_tasks", set())
    task = asyncio.ensure_future(harness.go(route))
    tasks.add(task)
    task.add_done_callback(tasks.discard)


def device_info(*languages: str) -> dict[str, Any]:
    """What a browser tells of itself. `languages`: codes, the best known first."""
    return {"browser_name": "chrome", "locales": [{"language_code": code} for code in languages]}


def _stored_preferences(stored: dict[str, Any]) -> dict[str, Callable[[dict[str, Any]], Any]]:
    def put(arguments: dict[str, Any]) -> bool:
        stored[arguments["key"]] = arguments["value"]
        return True

    return {
        "set": put,
        "get": lambda arguments: stored.get(arguments["key"]),
        "contains_key": lambda arguments: arguments["key"] in stored,
        "remove": lambda arguments: stored.pop(arguments["key"], None) is not None,
    }


def _key_event(char: str) -> dict[str, Any]:
    return {"key": char.upper(), "shift": char.isupper(), "ctrl": False, "alt": False, "meta": False}


def _bodies(value: Any) -> list[Any]:
    while isinstance(value, Component):
        value = value._b
    if isinstance(value, list):
        return [body for item in value for body in _bodies(item)]
    return [] if value is None else [value]


def _walk(value: Any) -> Iterator[ft.BaseControl]:
    if isinstance(value, (list, tuple)):
        for item in value:
            yield from _walk(item)
    elif isinstance(value, Component):
        yield from _walk(value._b)
    elif isinstance(value, dict):
        yield from _walk(list(value.values()))
    elif isinstance(value, ft.BaseControl) and getattr(value, "visible", True):
        yield value
        for field in dataclasses.fields(value):
            if "skip" not in field.metadata and not field.name.startswith("on_"):
                yield from _walk(getattr(value, field.name, None))


def _key_of(control: ft.BaseControl) -> str | None:
    key = control.key
    return None if key is None else str(getattr(key, "value", key))


def _own_texts(control: ft.BaseControl) -> list[str]:
    values = (getattr(control, name, None) for name in TEXT_FIELDS)
    return [value for value in values if isinstance(value, str) and value]
