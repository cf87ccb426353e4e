import json
import os
import signal
import subprocess
import sys
import time

import httpx
import pytest

from tests.support.warm import run_command


def comptoir(folder, *words: str) -> subprocess.CompletedProcess[str]:
    return run_command(words, os.environ | {"COMPTOIR_DATA": str(folder)})


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory):
    """A data folder with the small demo retailer in it."""
    folder = tmp_path_factory.mktemp("shop")
    made = comptoir(folder, "demo-data", "--json")
    assert made.returncode == 0, made.stderr
    assert json.loads(made.stdout)["created"]
    return folder


def refused(done: subprocess.CompletedProcess[str]) -> str:
    """The one line of a command that could not do what was asked."""
    assert done.returncode == 2, done
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    return line


def test_the_demo_says_who_can_sign_in_and_how_to_pair(shop):
    again = json.loads(comptoir(shop, "demo-data", "--json").stdout)
    assert not again["created"]
    assert {"store": "Comptoir Lyon"}.items() <= again["pairing"][0].items()
    assert {"name", "role", "secret", "login"} <= set(again["logins"][0])
    assert "no scale" in refused(comptoir(shop, "demo-data", "--scale", "huge"))


def test_an_order_says_why_it_went_where(shop):
    placed = json.loads(comptoir(shop, "demo-order", "--store", "LYO1", "--json").stdout)["orders"]
    told = comptoir(shop, "source", placed[0], "--explain")
    assert told.returncode == 0, told.stderr
    assert "LYO1 Comptoir Lyon was chosen: " in told.stdout
    assert "proved that no answer is better" in told.stdout
    assert "LYO1 Comptoir Lyon" in told.stdout
    story = comptoir(shop, "source", placed[0], "--story", "--language", "fr").stdout
    assert "La commande est reçue." in story
    assert f"{placed[0]}-1 a été confiée à un magasin." in story
    decisions = json.loads(comptoir(shop, "source", placed[0], "--json").stdout)["decisions"]
    assert decisions[0]["explanation"]["proof"]["proved"]
    coded = json.loads(comptoir(shop, "source", f"comptoir:receipt:{placed[0]}", "--json").stdout)["decisions"]
    assert coded == decisions
    assert "no order" in refused(comptoir(shop, "source", "AL-0/1"))
    assert "NOWHERE" in refused(comptoir(shop, "demo-order", "--store", "NOWHERE"))


def test_a_tablet_is_paired_by_code_and_by_picture(shop, tmp_path):
    picture = tmp_path / "code.svg"
    made = comptoir(shop, "enrolment-code", "--store", "PAR2", "--svg", str(picture), "--json")
    code = json.loads(made.stdout)
    assert code["payload"] == f"comptoir:enrol:{code['code']}"
    assert picture.read_bytes().startswith(b"<?xml")
    assert "NOWHERE" in refused(comptoir(shop, "enrolment-code", "--store", "NOWHERE"))


def test_an_import_reports_what_it_refused(shop, tmp_path):
    file = tmp_path / "products.csv"
    file.write_text("sku,division,name,price\nX1,AL,Mug,12.50\nX2,AL,Mug,dear\n", encoding="utf-8")
    done = comptoir(shop, "import", "products", str(file), "--json")
    report = json.loads(done.stdout)
    assert (done.returncode, report["counts"], report["by_code"]) == (1, {"created": 1}, {"not_an_amount": 1})
    assert "No such file" in refused(comptoir(shop, "import", "products", str(tmp_path / "none.csv")))
    assert "import_kind_unknown" in refused(comptoir(shop, "import", "wishes", str(file)))


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("nonsense", "sqlite:///path or postgresql://user@host/name"),
        ("mysql://localhost/shop", "mysql is not known"),
        ("sqlite://", "sqlite:///path"),
        ("sqlite:///{file}", "not a database"),
        ("postgresql://localhost:1/shop", "connection failed"),
    ],
)
def test_a_database_that_cannot_be_opened_is_one_line(tmp_path, address: str, told: str):
    file = tmp_path / "letter.txt"
    file.write_text("Dear customer, " * 100)
    for command in (("source", "AL-1"), ("core", "--port", "0")):
        line = refused(comptoir(tmp_path, *command, "--database", address.format(file=file)))
        assert line.startswith("comptoir: the database cannot be opened: ")
        assert told in line


def test_a_setting_that_means_nothing_is_one_line(tmp_path):
    environment = os.environ | {"COMPTOIR_DATA": str(tmp_path), "COMPTOIR_PORT": "http"}
    assert "COMPTOIR_PORT" in refused(run_command(("core",), environment))
    assert "65535" in refused(comptoir(tmp_path, "app", "--port", "99999"))


def test_the_core_serves_until_it_is_stopped(tmp_path):
    command = [sys.executable, "-m", "app.cli", "core", "--port", "0"]
    environment = os.environ | {"COMPTOIR_DATA": str(tmp_path)}
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as process:
        try:
            assert process.stderr is not None
            line = next(line for line in process.stderr if "running on" in line)
            address = line.split("running on ")[1].split()[0]
            assert httpx.get(f"{address}/health", timeout=5).json() == {"status": "ok"}
            assert len(httpx.get(f"{address}/health", timeout=5).headers.get_list("date")) == 1
        finally:
            process.send_signal(signal.SIGTERM)
        started = time.monotonic()
        process.wait(15)
        assert time.monotonic() - started < 10


def test_a_worker_of_its_own_runs_until_it_is_told_to_stop(shop):
    environment = os.environ | {"COMPTOIR_DATA": str(shop)}
    command = [sys.executable, "-m", "core.cli", "worker"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "The worker runs.\n"
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
