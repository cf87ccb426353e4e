"""The documentation names what exists: every path and every `comptoir` command in README.md and docs/ is there."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest

from app.cli import build
from tests.architecture.sources import ROOT

DOCUMENTS = sorted([*ROOT.glob("README.md"), *(ROOT / "docs").rglob("*.md")])
TOP_LEVEL = ("app", "sync", "core", "tests", "docs", "build_scripts", "locales", "assets", ".ci")
CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
PATH = re.compile(rf"(?<![\w./-])(?:{'|'.join(map(re.escape, TOP_LEVEL))})/[\w./*<>{{}}-]*")
LINK = re.compile(r"\]\(([^)#\s]+)[^)]*\)")
COMMAND = re.compile(r"\bcomptoir ([a-z][a-z-]*)")
# What a build makes is named in the documentation, but not in the repository.
MADE = re.compile(r"^build/|\.mo$")


def named_paths(document: Path) -> Iterator[Path]:
    text = document.read_text(encoding="utf-8")
    for code in CODE.findall(text):
        for match in PATH.finditer(code):
            path = match.group().rstrip(".")
            if not set("*<>{}") & set(path) and not MADE.search(path):
                yield ROOT / path
    for target in LINK.findall(text):
        if "://" not in target and not target.startswith("mailto:"):
            yield document.parent / unquote(target)


def commands() -> set[str]:
    registered = {command.name for command in build("").registered_commands if command.name}
    points = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["entry-points"]
    return registered | set(points["comptoir.commands"])


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_path_in_the_documentation_exists(document):
    missing = sorted({str(path.relative_to(ROOT)) for path in named_paths(document) if not path.exists()})
    assert not missing, f"{document.name} names what does not exist; correct the text or the path: {missing}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_command_in_the_documentation_exists(document):
    code = "\n".join(CODE.findall(document.read_text(encoding="utf-8")))
    missing = sorted(set(COMMAND.findall(code)) - commands())
    assert not missing, f"{document.name} names commands that `comptoir --help` does not list: {missing}"


def test_every_command_that_is_promised_has_its_module():
    points = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["entry-points"]
    modules = {name: target.partition(":")[0] for name, target in points["comptoir.commands"].items()}
    missing = {
        name: module for name, module in modules.items() if not (ROOT / f"{module.replace('.', '/')}.py").exists()
    }
    assert not missing, f"pyproject.toml promises commands whose module is not written: {missing}"
