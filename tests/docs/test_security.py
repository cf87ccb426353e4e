"""The threat model names the test of each of its lines, and the tests are there."""

import ast
import re

from tests.architecture.sources import ROOT, Source

DOCUMENT = ROOT / "docs" / "security.md"
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def lines() -> list[str]:
    """Rows of the tables, without their heads."""
    rows = [line for line in DOCUMENT.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    return [row for row in rows if "---" not in row and not row.endswith("| test |")]


def names_in(path: str) -> set[str]:
    return {
        node.name for node in Source(ROOT / path).tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def test_every_line_names_a_test() -> None:
    assert len(lines()) > 20
    bare = [line for line in lines() if not NAMED.search(line.rsplit("|", 2)[1])]
    assert not bare, f"Name the test that fails when this is no longer true: {bare}"


def test_the_tests_that_are_named_exist() -> None:
    named = NAMED.findall(DOCUMENT.read_text(encoding="utf-8"))
    missing = [f"{path}::{name}" for path, name in named if not (ROOT / path).exists() or name not in names_in(path)]
    assert not missing, f"Write them, or correct the line: {missing}"
