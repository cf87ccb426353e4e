"""A demo retailer as a person meets it: core and app as processes of their own, which a test kills and starts again."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import orjson

from tests.support.free_port import free_port

ROOT = Path(__file__).resolve().parents[2]
HOST = "127.0.0.1"
START_TIMEOUT_S = 180.0


def comptoir(*words: str) -> Any:
    """The JSON answer of one `comptoir` command."""
    done = subprocess.run([sys.executable, "-m", "app.cli", *words, "--json"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, f"{words}: {done.stderr}"
    return orjson.loads(done.stdout)


@dataclass(frozen=True)
class Retailer:
    """Demo data that is made once and copied for each shop. `codes`: reusable pairing codes by name of the store."""

    folder: Path
    codes: dict[str, str]

    @classmethod
    def make(cls, folder: Path) -> "Retailer":
        told = comptoir("demo-data", "--scale", "small", "--database", f"sqlite:///{folder / 'core.db'}")
        return cls(folder, {pairing["store"]: pairing["code"] for pairing in told["pairing"]})


@dataclass(frozen=True)
class Article:
    """An article on the shelves of a store; `gtin13` is what its label says."""

    sku: str
    name: str
    gtin13: str


@dataclass(frozen=True)
class Wanted:
    """An order of head office: (article, units); `number` is free."""

    number: str
    lines: tuple[tuple[Article, int], ...]


class Running:
    """One `comptoir` command in the background; killed and started again it keeps its port."""

    def __init__(self, words: Sequence[str], probe: str, log: Path) -> None:
        self._words, self._probe, self._log = words, probe, log
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "app.cli", *self._words],
                cwd=ROOT,
                env={**os.environ, "PYTHONUNBUFFERED": "1"},
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def wait(self) -> None:
        """Until it answers."""
        until = time.monotonic() + START_TIMEOUT_S
        while not self._answers():
            if self._process is None or self._process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"{self._words} did not start:\n{self.log}")
            time.sleep(0.05)

    def kill(self) -> None:
        """As a power cut would: no signal handler runs."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()

    def freeze(self) -> None:
        """It takes what is sent and answers nothing, until it is killed."""
        if self._process is not None:
            self._process.send_signal(signal.SIGSTOP)

    @property
    def log(self) -> str:
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(self._probe, timeout=2):
                return True
        except OSError:
            return False


class Shop:
    """A core with its database and an app for browsers, on ports of their own, in one folder."""

    def __init__(self, retailer: Retailer, folder: Path) -> None:
        self.folder, self.codes, self._token = folder, retailer.codes, ""
        folder.mkdir(parents=True, exist_ok=True)
        for file in retailer.folder.glob("core.db*"):
            shutil.copy(file, folder)
        core_port, app_port = free_port(), free_port()
        self.core_url, self.address = f"http://{HOST}:{core_port}", f"http://{HOST}:{app_port}"
        self.database_url = f"sqlite:///{folder / 'core.db'}"
        core = ("core", "--host", HOST, "--port", str(core_port), "--database", self.database_url)
        app = ("app", "--port", str(app_port), "--core", self.core_url, "--data", str(folder / "app"))
        self.core = Running(core, self.core_url + "/health", folder / "core.log")
        self.app = Running(app, self.address, folder / "app.log")

    def open(self) -> None:
        self.core.start()
        self.app.start()
        self.core.wait()
        self.app.wait()

    def close(self) -> None:
        self.app.kill()
        self.core.kill()

    def rows(self, query: str, **values: object) -> list[dict[str, Any]]:
        """From the core's database, whether the core runs or not; JSON columns stay text."""
        with closing(sqlite3.connect(f"file:{self.folder / 'core.db'}?mode=ro", uri=True, timeout=30)) as connection:
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute(query, values)]

    def write(self, statement: str, **values: object) -> None:
        """Into the core's database, before it is opened."""
        with closing(sqlite3.connect(self.folder / "core.db", timeout=30)) as connection, connection:
            connection.execute(statement, values)

    def value(self, query: str, **values: object) -> Any:
        """The first column of the first row; None without a row."""
        found = self.rows(query, **values)
        return next(iter(found[0].values())) if found else None

    def until(self, query: str, wanted: object, timeout_s: float = 30.0, **values: object) -> None:
        """Waits until `value(query)` is `wanted`."""
        end = time.monotonic() + timeout_s
        while (seen := self.value(query, **values)) != wanted:
            assert time.monotonic() < end, f"{query} {values} is {seen!r}, not {wanted!r}\n{self.core.log[-2000:]}"
            time.sleep(0.1)

    def articles(self, store: str, count: int, units: int = 3) -> list[Article]:
        """Of one brand, in the order of a walk; `units` of each can be promised here and at another place."""
        found = self.rows(ARTICLES, store=store, units=units)
        division = next(row["division_id"] for row in found)
        mine = [row for row in found if row["division_id"] == division]
        walk = sorted(mine[:count], key=lambda row: (row["zone"], row["place"]))
        assert len(walk) == count, f"{store} has too few articles"
        return [Article(row["sku"], row["name"], row["gtin"][-13:]) for row in walk]

    def store_id(self, store: str) -> str:
        return str(self.value("select id from location where code = :store", store=store))

    def place(self, store: str, wanted: Wanted) -> dict[str, Any]:
        """Head office gives this store an order, through its API."""
        sku = wanted.lines[0][0].sku
        body = {
            "number": wanted.number,
            "division_id": self.value("select division_id from variant where id = :sku", sku=sku),
            "ship_to": {"name": "Ada Roche", "street": "3 rue Basse", "postcode": "69002", "town": "Lyon",
                        "country": "FR"},
            "lines": [{"sku": article.sku, "quantity": units} for article, units in wanted.lines],
            "location_id": self.store_id(store),
        }  # fmt: skip
        return self.office("POST", "/v1/orders", body)

    def office(self, method: str, path: str, body: Any = None) -> Any:
        """One request as head office; its JSON answer."""
        with httpx.Client(base_url=self.core_url, timeout=30) as client:
            if not self._token:
                login = client.post("/v1/sessions", json={"login": "office", "password": "comptoir-demo"})
                self._token = login.raise_for_status().json()["token"]
            headers = {"Authorization": f"Bearer {self._token}", "Idempotency-Key": uuid4().hex}
            answer = client.request(method, path, json=body, headers=headers)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None


# Promised here and elsewhere, with a bar code that a scanner of 13 digits reads.
ARTICLES = """
select v.division_id, v.id as sku, p.name, b.gtin, here.zone, here.place
from position here
join location l on l.id = here.location_id and l.code = :store
join variant v on v.id = here.sku
join product p on p.id = v.product_id
join barcode b on b.sku = v.id and b.position = 0 and b.gtin like '0%'
where here.on_hand - here.reserved - here.unavailable - here.safety >= :units and here.place != ''
and exists (
  select 1 from position away where away.sku = here.sku and away.location_id != here.location_id
  and away.on_hand - away.reserved - away.unavailable - away.safety >= :units)
order by v.division_id, v.id
"""
