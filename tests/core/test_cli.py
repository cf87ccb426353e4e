import os
import signal
import subprocess
import sys
import time

import httpx
from sqlalchemy import text

from core.store.database import Database
from tests.support.core import build_world


def comptoir(folder, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "app.cli", "core", *words]
    environment = os.environ | {"COMPTOIR_DATA": str(folder)}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)


def test_the_core_makes_its_database_and_pairs_a_tablet(tmp_path):
    made = comptoir(tmp_path, "upgrade")
    assert (made.returncode, made.stdout) == (0, "The database is up to date.\n"), made.stderr
    database = Database(f"sqlite:///{tmp_path}/core.db")
    build_world(database)
    code = comptoir(tmp_path, "pair", "LILLE")
    assert len(code.stdout.strip()) == 8, code.stderr
    with database.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM enrolment_code")).scalar_one() == 1
    database.close()
    unknown = comptoir(tmp_path, "pair", "NOWHERE")
    assert (unknown.returncode, "NOWHERE" in unknown.stderr) == (2, True)


def test_the_core_serves_until_it_is_stopped(tmp_path):
    command = [sys.executable, "-m", "app.cli", "core", "serve", "--port", "0"]
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
