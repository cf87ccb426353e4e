"""A test is where its module is: core/domain/picking.py is proven by tests/core/domain/test_picking.py.

Modules without a function of their own (tables, messages, constants) have nothing to prove. A module may also be proven
with its whole folder, by tests/core/store/test_tables.py for core/store/tables/*.py. A drawing in app/components (it
imports Flet) is proven by the tests of the screens that show it: alone it would only be compared with itself.
"""

import ast
from pathlib import Path

from tests.architecture.sources import PRODUCT, ROOT, Source, sources

# Proven elsewhere, with the reason. A line whose module has a mirrored test, or is gone, fails.
PROVEN_ELSEWHERE: dict[str, str] = {}


def has_functions(source: Source) -> bool:
    """Bodies that do something; methods of a Protocol have none."""
    return any(
        isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not is_declaration(node)
        for node in ast.walk(source.tree)
    )


def is_declaration(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return all(
        isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant) for statement in function.body
    )


def mirrors(source: Source) -> list[Path]:
    path = source.path.relative_to(ROOT)
    folder = ROOT / "tests" / path.parent
    own = folder / f"test_{path.stem}.py"
    of_folder = folder.parent / f"test_{path.parent.name}.py"
    return [of_folder, folder / f"test_{path.parent.name}.py"] if path.stem == "__init__" else [own, of_folder]


def is_drawing(source: Source) -> bool:
    return source.name.startswith("app/components/") and any(
        isinstance(node, ast.Import) and node.names[0].name == "flet" for node in ast.walk(source.tree)
    )


def has_mirror(source: Source) -> bool:
    return any(mirror.exists() for mirror in mirrors(source))


def test_every_module_is_proven_where_it_is_looked_for():
    unproven = [
        f"{source.name}: write {mirrors(source)[0].relative_to(ROOT)}"
        for source in sources(*PRODUCT)
        if has_functions(source)
        and not is_drawing(source)
        and not has_mirror(source)
        and source.name not in PROVEN_ELSEWHERE
    ]
    assert not unproven, "These modules have no test at their mirrored place:\n" + "\n".join(unproven)


def test_the_exceptions_are_still_exceptions():
    known = {source.name: source for source in sources(*PRODUCT)}
    stale = [name for name in PROVEN_ELSEWHERE if name not in known or has_mirror(known[name])]
    assert not stale, f"Take these off PROVEN_ELSEWHERE, they are gone or have their test: {stale}"
