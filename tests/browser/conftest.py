"""Whole journeys in Debian's Chromium against the program as a process, as a person in a store would meet it."""

import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Protocol

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Playwright, sync_playwright
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from tests.support.free_port import free_port
from tests.support.shop import Retailer, Shop

ROOT = Path(__file__).resolve().parents[2]
SCREENSHOTS = ROOT / ".artefacts" / "screenshots"
CHROMIUM = os.environ.get("COMPTOIR_CHROMIUM", "/usr/bin/chromium")
CHROMIUM_ARGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run", "--disable-background-timer-throttling", "--disable-renderer-backgrounding",
    "--disable-backgrounding-occluded-windows",
]  # fmt: skip
START_TIMEOUT_S = 180.0
PATIENCE_MS = 90_000  # a machine with two busy cores paints a frame in seconds
WEDGE_BURST = """code => {
  const send = (type, key, place, shiftKey) => window.dispatchEvent(
    new KeyboardEvent(type, {key, code: place, shiftKey, bubbles: true, cancelable: true}));
  const press = (key, place, shiftKey) => ['keydown', 'keyup'].forEach(type => send(type, key, place, shiftKey));
  for (const key of code) {
    const place = /[a-z]/i.test(key) ? 'Key' + key.toUpperCase() : /[0-9]/.test(key) ? 'Digit' + key : 'Minus';
    const capital = /[A-Z]/.test(key);
    if (capital) send('keydown', 'Shift', 'ShiftLeft', true);
    press(key, place, capital);
    if (capital) send('keyup', 'Shift', 'ShiftLeft', false);
  }
  press('Enter', 'Enter', false);
}"""

APPEARED = """text => {
  window.appearedAt = 0;
  const isHere = e => ((e.getAttribute('aria-label') || '') + ' ' + e.textContent).includes(text);
  const look = () => {
    if (!window.appearedAt && [...document.querySelectorAll('flt-semantics')].some(isHere)) {
      window.appearedAt = Date.now();
      observer.disconnect();
    }
  };
  const observer = new MutationObserver(look);
  observer.observe(document, {subtree: true, childList: true, characterData: true, attributes: true});
  look();
}"""


class AppServer:
    """The program in the browser build, as a process of its own; killed and started again it keeps port and data."""

    def __init__(self, command: list[str], log: Path, environment: dict[str, str]) -> None:
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self._command = command
        self._log = log
        self._environment = {
            **os.environ,
            "FLET_FORCE_WEB_SERVER": "true",
            "FLET_WEB_NO_CDN": "true",
            "FLET_SERVER_PORT": str(self.port),
            "FLET_SERVER_IP": "127.0.0.1",
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
            **environment,
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, env=self._environment, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT
            )
        deadline = time.monotonic() + START_TIMEOUT_S
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the program did not start:\n{self.log}")
            time.sleep(0.1)

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(self.address, timeout=2) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    @property
    def log(self) -> str:
        return self._log.read_text(errors="replace")

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def stop(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self.kill()


class Addressed(Protocol):
    """What a browser can open."""

    @property
    def address(self) -> str: ...


class Tablet:
    """One browser window. Finds controls by role and label, as a screen reader does."""

    def __init__(self, page: Page, faults: list[str]) -> None:
        self.page = page
        page.set_default_timeout(PATIENCE_MS)
        self.faults = faults

    def open(self, address: str) -> None:
        """Loads the program and switches its accessibility tree on."""
        self.page.goto(address)
        self.wake()

    def wake(self) -> None:
        """After every load and reload: Flutter draws on a canvas until somebody asks for semantics."""
        placeholder = self.page.locator("flt-semantics-placeholder")
        placeholder.wait_for(state="attached", timeout=60_000)
        placeholder.evaluate("element => element.click()")

    def press(self, label: str) -> None:
        self.page.get_by_role("button", name=label).first.click()

    def tap(self, label: str | re.Pattern[str], exact: bool = False) -> None:
        """A button, a choice, an entry of a menu: whatever a screen reader would press under this name."""
        found = self.control(label, exact)
        try:
            found.click(timeout=PATIENCE_MS)
        except PlaywrightTimeout as late:
            raise AssertionError(f"cannot tap {label!r}: {late}; on screen:\n{self.texts()}") from None

    def control(self, label: str | re.Pattern[str], exact: bool = False) -> Locator:
        found = self.page.get_by_role("button", name=label, exact=exact)
        for role in ("checkbox", "menuitem", "menuitemcheckbox"):
            found = found.or_(self.page.get_by_role(role, name=label, exact=exact))
        return found.first

    def write(self, label: str, text: str, enables: str) -> None:
        """Into a field, as if pasted (typing this fast would be a scanner's burst), until the button may be pressed.

        Flutter takes a field's text from a moment after it has the focus; what comes before that is lost.
        """
        button = self.page.get_by_role("button", name=enables, exact=True)
        for _ in range(10):
            field = self.page.get_by_label(label)
            field.click()
            field.fill("")
            field.fill(text)
            try:
                button.click(trial=True, timeout=PATIENCE_MS / 10)
                return
            except PlaywrightTimeout:
                self.page.keyboard.press("Tab")
        raise AssertionError(f"{enables!r} stays disabled; on screen:\n{self.texts()}")

    def sees(self, text: str, timeout_ms: int = PATIENCE_MS) -> None:
        """Waits until the text is on the screen, wherever Flutter put it (text, label, group)."""
        try:
            self._wait_for(text, timeout_ms)
        except PlaywrightTimeout:
            raise AssertionError(f"never saw {text!r}; on screen:\n{self.texts()}\nfaults: {self.faults}") from None

    def await_words(self, text: str) -> None:
        """Notes the moment at which the text appears; `appeared_at` tells it."""
        self.page.evaluate(APPEARED, text)

    def appeared_at(self, text: str) -> float:
        """Seconds since 1970, once the text of `await_words` is there."""
        self.sees(text)
        self.page.wait_for_function("() => window.appearedAt > 0")
        return float(self.page.evaluate("() => window.appearedAt")) / 1000

    def shows(self, text: str, within_ms: int) -> bool:
        try:
            self._wait_for(text, within_ms)
        except PlaywrightTimeout:
            return False
        return True

    def _wait_for(self, text: str, timeout_ms: int) -> None:
        self.page.wait_for_function(
            "text => [...document.querySelectorAll('flt-semantics')].some("
            "e => ((e.getAttribute('aria-label') || '') + ' ' + e.textContent).includes(text))",
            arg=text,
            timeout=timeout_ms,
        )

    def hides(self, text: str) -> None:
        """Waits until the text is gone."""
        gone = "text => ![...document.querySelectorAll('flt-semantics')].some(e => e.textContent.includes(text))"
        try:
            self.page.wait_for_function(gone, arg=text, timeout=PATIENCE_MS)
        except PlaywrightTimeout:
            raise AssertionError(f"{text!r} stays; on screen:\n{self.texts()}") from None

    def bring(self, label: str | re.Pattern[str]) -> None:
        """Turns the wheel over the list until the control is there: lists build only what is near."""
        size = self.page.viewport_size or {"width": 360, "height": 740}
        self.page.mouse.move(size["width"] / 2, size["height"] / 2)
        for _ in range(60):
            if self.control(label).count():
                return
            self.page.mouse.wheel(0, size["height"] / 3)
            self.page.wait_for_timeout(150)
        raise AssertionError(f"{label!r} is nowhere in the list; on screen:\n{self.texts()}")

    def forgive(self, *known: str) -> None:
        """The console noted what a test did on purpose: nothing else may have happened meanwhile."""
        others = [fault for fault in self.faults if not any(text in fault for text in known)]
        assert others == []
        self.faults.clear()

    def texts(self) -> str:
        """Everything the accessibility tree says, for messages of failing tests."""
        said: str = self.page.evaluate(
            "() => [...document.querySelectorAll('flt-semantics')]"
            ".map(e => e.getAttribute('aria-label') || (e.querySelector('flt-semantics') ? '' : e.textContent))"
            ".filter(t => t).join('\\n')"
        )
        return said

    def scan(self, code: str) -> None:
        """A keyboard-wedge scanner: one burst ended by Enter; no field needs focus, and a focused one gets no text.

        The keys are sent from inside the page, so that a busy machine does not slow the burst to a typist's rhythm.
        """
        self.page.evaluate(WEDGE_BURST, code)

    def scan_by_keys(self, code: str) -> None:
        """The same with real key presses, one round trip each: into the focused field too."""
        for char in code:
            self.page.keyboard.press(f"Shift+{char}" if char.isupper() else char)
        self.page.keyboard.press("Enter")

    def screenshot(self, name: str) -> Path:
        """Into .artefacts/screenshots, after the canvas has caught up with the accessibility tree."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        self.page.wait_for_timeout(400)
        path = SCREENSHOTS / f"{name}.png"
        self.page.screenshot(path=path)
        return path


def _watch(page: Page, address: str, faults: list[str]) -> None:
    def heard(kind: str, text: str) -> None:
        if kind in ("error", "warning"):
            faults.append(f"console {kind}: {text}")

    page.on("console", lambda message: heard(message.type, message.text))
    page.on("pageerror", lambda error: faults.append(f"page error: {error}"))
    own = (address, address.replace("http", "ws"), "data:", "blob:")
    page.on("request", lambda r: None if r.url.startswith(own) else faults.append(f"request to a stranger: {r.url}"))


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """Per module, not per session: Playwright keeps an event loop running, and no async test could run beside it."""
    with sync_playwright() as started:
        yield started


@pytest.fixture
def app_server(tmp_path: Path) -> Iterator[Callable[..., AppServer]]:
    """`server = app_server([sys.executable, "main.py"], COMPTOIR_X="...")`; stopped at the end of the test."""
    servers: list[AppServer] = []

    def start(command: list[str] | None = None, **environment: str) -> AppServer:
        data = {"FLET_APP_STORAGE_DATA": str(tmp_path / "data"), **environment}
        server = AppServer(command or [sys.executable, "main.py"], tmp_path / f"app{len(servers)}.log", data)
        servers.append(server)
        server.start()
        return server

    yield start
    for server in servers:
        server.stop()


@pytest.fixture(scope="session")
def retailer(tmp_path_factory: pytest.TempPathFactory) -> Retailer:
    return Retailer.make(tmp_path_factory.mktemp("retailer"))


@pytest.fixture(scope="module")
def shop(retailer: Retailer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """Core and app with the demo retailer, started once for a module."""
    opened = Shop(retailer, tmp_path_factory.mktemp("shop"))
    try:
        opened.open()
        yield opened
    finally:
        opened.close()


@contextmanager
def chromium(playwright: Playwright, clip: Path | None = None, camera_allowed: bool = True) -> Iterator[Browser]:
    """A browser; with `clip` (an .mjpeg file) as its camera. Contexts of one browser are separate profiles."""
    arguments = list(CHROMIUM_ARGS)
    if clip is not None:
        arguments += ["--use-fake-device-for-media-stream", f"--use-file-for-fake-video-capture={clip}"]
    if clip is not None and camera_allowed:
        arguments.append("--use-fake-ui-for-media-stream")
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments, headless=True)
    try:
        yield browser
    finally:
        browser.close()


@pytest.fixture
def tablet(playwright: Playwright) -> Iterator[Callable[..., Tablet]]:
    """`tablet(server)` is a new profile with one window; `profile=first.page.context` opens another tab of it.

    Options: `clip` for the camera, `camera_allowed`, `size`, `locale`, `expect_faults`. At the end of the test no
    console error, page error or request to a stranger may be left, except with `expect_faults=True`.
    """
    judged: list[Tablet] = []
    with ExitStack() as stack:

        def open_tablet(
            server: Addressed,
            path: str = "/",
            *,
            profile: BrowserContext | None = None,
            clip: Path | None = None,
            camera_allowed: bool = True,
            size: tuple[int, int] = (1280, 800),
            locale: str = "en-GB",
            expect_faults: bool = False,
        ) -> Tablet:
            if profile is None:
                browser = stack.enter_context(chromium(playwright, clip, camera_allowed))
                profile = browser.new_context(viewport={"width": size[0], "height": size[1]}, locale=locale)
            faults: list[str] = []
            opened = Tablet(profile.new_page(), faults)
            _watch(opened.page, server.address, faults)
            if not expect_faults:
                judged.append(opened)
            opened.open(server.address + path)
            return opened

        yield open_tablet
        assert [fault for opened in judged for fault in opened.faults] == []
