"""The Python files of the repository as the architecture tests read them."""

import ast
import gc
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PRODUCT = ("app", "sync", "core")
# Migrations are written by Alembic, a line per column, and never edited after their release.
SKIPPED = {"__pycache__", "versions"}
EVERYTHING = (*PRODUCT, "build_scripts", "tests")


@dataclass(frozen=True)
class Source:
    """One file; `name` is its path in the repository, with slashes."""

    path: Path

    @property
    def name(self) -> str:
        return self.path.relative_to(ROOT).as_posix()

    @property
    def module(self) -> str:
        return self.name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    @cached_property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        # Python before 3.11.8 counts wrong where a collection within it runs code that parses too (gh-106905):
        # the traceback of a future that nobody asked is enough.
        gc.disable()
        try:
            return ast.parse(self.text, self.name)
        finally:
            gc.enable()

    def imports(self) -> Iterator[tuple[str, int]]:
        """Dotted names of the modules imported anywhere in the file, with their lines; relative ones made absolute."""
        package = self.module if self.path.name == "__init__.py" else self.module.rpartition(".")[0]
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((alias.name, node.lineno) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
                yield ".".join([*above, *([node.module] if node.module else [])]), node.lineno


@cache
def sources(*folders: str) -> tuple[Source, ...]:
    """Every Python file below these folders of the repository, in order; files in the work tree, committed or not."""
    found = (path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return tuple(_source(path) for path in sorted(found) if not SKIPPED.intersection(path.parts))


@cache
def _source(path: Path) -> Source:
    """Read and parsed once, whichever tests look at it."""
    return Source(path)


def within(name: str, places: tuple[str, ...]) -> bool:
    """Whether a dotted module name is one of the places or below it."""
    return any(name == place or name.startswith(f"{place}.") for place in places)
