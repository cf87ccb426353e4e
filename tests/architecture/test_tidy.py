"""The code keeps its own style, and each rule says why.

Files of at most 400 lines, functions of at most 60, screens and components of at most 90: the median says nothing, the
tail decides whether somebody can read it in one go. At most 5 parameters: more are a thing without a name. No module
called utils or the like: such a name collects whatever nobody placed. Every module says which promise it keeps. Time,
randomness and ids are arguments of the rules, so that a bad day can be replayed from its seed. A swallowed exception
makes a broken database look like an empty list. (Bare prints are ruff's rule T20.)
"""

import ast
from collections.abc import Iterator

import pytest

from tests.architecture.sources import EVERYTHING, PRODUCT, Source, sources, within

MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 60
MAX_COMPONENT_LINES = 90
MAX_PARAMETERS = 5
NAMELESS_MODULES = {"utils", "util", "helpers", "helper", "manager", "managers", "common", "base", "misc"}
# The places that get time, randomness and ids as arguments, and the calls that would fetch them.
DETERMINISTIC = ("core.domain", "core.contract", "sync.machine", "app.actions")
BANNED_CALLS = {
    "datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.time_ns", "time.monotonic",
    "time.perf_counter", "uuid.uuid1", "uuid.uuid4", "uuid.uuid7", "uuid1", "uuid4", "uuid7", "os.urandom",
}  # fmt: skip
BANNED_CALL_PREFIXES = ("random.", "secrets.")
# A seeded generator is an argument made visible.
ALLOWED_CALLS = {"random.Random"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def dotted(node: ast.expr) -> str:
    """`datetime.datetime.now` as "datetime.now": the last two parts tell what is called."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.insert(0, node.attr)
        node = node.value
    if isinstance(node, ast.Name):
        parts.insert(0, node.id)
    return ".".join(parts[-2:])


def functions(source: Source) -> Iterator[Function]:
    return (node for node in ast.walk(source.tree) if isinstance(node, Function))


def decorators(function: Function) -> set[str]:
    plain = (node.func if isinstance(node, ast.Call) else node for node in function.decorator_list)
    return {dotted(node) for node in plain}


def is_component(source: Source, function: Function) -> bool:
    drawn = decorators(function) & {"screen", "component", "ft.component", "ft.memo", "memo"}
    return bool(drawn) and within(source.module, ("app",))


def parameters(function: Function) -> int:
    named = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    return len([argument for argument in named if argument.arg not in {"self", "cls"}])


CALLED_BY_NAME = (".command", ".callback", ".get", ".post", ".put", ".patch", ".delete")


def takes_what_the_caller_names(source: Source, function: Function) -> bool:
    """Options of a command, fields of a request and fixtures of a test are named from outside, not passed in order."""
    names = decorators(function)
    is_command = source.name.endswith("/cli.py") or any(name.endswith(CALLED_BY_NAME) for name in names)
    in_tests = source.name.startswith("tests/")
    is_test = in_tests and (function.name.startswith("test_") or "pytest.fixture" in names)
    has_options = in_tests and bool(function.args.kwonlyargs) and len(function.args.args) <= MAX_PARAMETERS
    return is_command or is_test or has_options


def told(faults: list[str], advice: str) -> None:
    assert not faults, f"{advice}\n" + "\n".join(faults)


def test_files_can_be_read_in_one_go():
    lengths = {source.name: len(source.text.splitlines()) for source in sources(*EVERYTHING)}
    told(
        [f"{name}: {lines} lines" for name, lines in lengths.items() if lines > MAX_FILE_LINES],
        f"A file has at most {MAX_FILE_LINES} lines; split it along its nouns.",
    )


def test_functions_can_be_read_in_one_go():
    faults = []
    for source in sources(*EVERYTHING):
        for function in functions(source):
            lines = (function.end_lineno or function.lineno) - function.lineno + 1
            limit = MAX_COMPONENT_LINES if is_component(source, function) else MAX_FUNCTION_LINES
            if lines > limit:
                faults.append(f"{source.name}:{function.lineno} {function.name}: {lines} lines, at most {limit}")
    told(faults, "Give a part of these functions a name of its own.")


def test_functions_take_few_parameters():
    faults = [
        f"{source.name}:{function.lineno} {function.name}: {parameters(function)} parameters"
        for source in sources(*EVERYTHING)
        for function in functions(source)
        if parameters(function) > MAX_PARAMETERS and not takes_what_the_caller_names(source, function)
    ]
    told(faults, f"More than {MAX_PARAMETERS} parameters are a thing without a name: make it a frozen dataclass.")


def test_modules_are_named_after_what_they_hold():
    faults = [source.name for source in sources(*EVERYTHING) if source.path.stem in NAMELESS_MODULES]
    faults += [source.name for source in sources(*EVERYTHING) if source.path.parent.name in NAMELESS_MODULES]
    told(faults, "Name a module after the noun it holds; such a name collects whatever nobody placed.")


def test_modules_say_which_promise_they_keep():
    silent = [
        source.name
        for source in sources(*PRODUCT, "build_scripts", "tests/support")
        if source.tree.body and not ast.get_docstring(source.tree)
    ]
    told(silent, "Begin the module with one or two sentences: which promise does it keep?")


def test_rules_get_time_randomness_and_ids_as_arguments():
    faults = []
    for source in sources(*PRODUCT):
        if within(source.module, DETERMINISTIC):
            calls = (node for node in ast.walk(source.tree) if isinstance(node, ast.Call))
            names = ((dotted(call.func), call.lineno) for call in calls)
            faults += [f"{source.name}:{line} calls {name}" for name, line in names if is_banned(name)]
    told(faults, "Take the moment, the number or the id as an argument; the caller knows it, and a test can choose it.")


def is_banned(name: str) -> bool:
    return name not in ALLOWED_CALLS and (name in BANNED_CALLS or name.startswith(BANNED_CALL_PREFIXES))


def swallows(handler: ast.ExceptHandler) -> bool:
    """Catches everything and goes on as if nothing had been there."""
    if handler.type is not None and dotted(handler.type) not in {"Exception", "BaseException"}:
        return False
    if len(handler.body) != 1:
        return False
    only = handler.body[0]
    if isinstance(only, ast.Pass | ast.Continue):
        return True
    value = only.value if isinstance(only, ast.Return) else only
    if isinstance(value, ast.List | ast.Tuple):
        return not value.elts
    if isinstance(value, ast.Dict):
        return not value.keys
    return value is None or (isinstance(value, ast.Constant) and not value.value)


def test_no_exception_is_swallowed():
    faults = [
        f"{source.name}:{node.lineno}"
        for source in sources(*EVERYTHING)
        for node in ast.walk(source.tree)
        if isinstance(node, ast.ExceptHandler) and swallows(node)
    ]
    told(faults, "Catch the fault you expect by its type and say what follows; let a bug crash visibly.")


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("except Exception: pass", True),
        ("except: return []", True),
        ("except Exception: return {}", True),
        ("except Exception: return None", True),
        ("except Exception: continue", True),
        ("except ValueError: pass", False),
        ("except Exception: return fault()", False),
        ("except Exception: raise", False),
    ],
)
def test_the_rule_about_swallowing_tells_the_cases_apart(code, expected):
    tree = ast.parse(f"def f():\n  for x in y:\n    try: g()\n    {code}")
    handler = next(node for node in ast.walk(tree) if isinstance(node, ast.ExceptHandler))
    assert swallows(handler) is expected


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("datetime.now", True),
        ("datetime.datetime.now", True),
        ("random.random", True),
        ("random.Random", False),
        ("uuid4", True),
        ("rng.random", False),
        ("clock", False),
    ],
)
def test_the_rule_about_arguments_tells_the_cases_apart(call, expected):
    assert is_banned(dotted(ast.parse(call, mode="eval").body)) is expected
