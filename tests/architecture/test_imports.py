"""Who may import whom: the contracts in pyproject.toml, and which third-party packages may be known where."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.sources import PRODUCT, ROOT, sources, within

DRAWING = ("app.main", "app.cli", "app.shell", "app.routes", "app.theme", "app.i18n", "app.context")
# Each row: packages, the only places that may import them, and why.
ONLY_THERE = [
    (
        ("flet", "flet_camera", "flet_secure_storage", "flet_audio", "flet_web"),
        (*DRAWING, "app.screens", "app.components", "app.ui", "app.devices", "app.state"),
        "actions, queries, store and sync must run without a screen",
    ),
    (("httpx", "httpx_sse"), ("sync.transport", "core.adapters", "core.jobs"), "only the ends of the wire speak HTTP"),
    (
        ("fastapi", "starlette", "uvicorn", "sse_starlette"),
        ("core.http", "core.bootstrap", "core.cli"),
        "the core's use cases must run without a web server, and the device has none",
    ),
    (
        ("alembic",),
        ("core.store", "core.bootstrap", "core.cli"),
        "only the core's store migrates; the device has its own migrations",
    ),
]
STANDARD_LIBRARY_ONLY = ("core.domain", "core.contract")
# docs/decisions/0005: what stands behind a GS1 identifier is a list of five hundred that others keep.
LENT = {("core.domain.gs1", "biip")}


def test_the_import_contracts_are_kept():
    program = Path(sys.executable).with_name("lint-imports")
    result = subprocess.run([program, "--no-logo", "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, f"An import breaks a contract of pyproject.toml:\n{result.stdout}{result.stderr}"


@pytest.mark.parametrize(("packages", "places", "reason"), ONLY_THERE, ids=lambda value: str(value[0])[:20])
def test_a_package_is_imported_only_where_it_belongs(packages, places, reason):
    strangers = [
        f"{source.name}:{line} imports {imported}"
        for source in sources(*PRODUCT)
        for imported, line in source.imports()
        if within(imported, packages) and not within(source.module, places)
    ]
    assert not strangers, f"Move this to {', '.join(places)}: {reason}.\n" + "\n".join(strangers)


def test_domain_and_contract_import_the_standard_library_only():
    strangers = [
        f"{source.name}:{line} imports {imported}"
        for source in sources("core/domain", "core/contract")
        for imported, line in source.imports()
        if imported.split(".")[0] not in sys.stdlib_module_names
        and not within(imported, STANDARD_LIBRARY_ONLY)
        and (source.module, imported.split(".")[0]) not in LENT
    ]
    assert not strangers, "The rules run on the device and in the core: keep them free of packages.\n" + "\n".join(
        strangers
    )
