import re

from core.contract.sync import Problem
from sync import errors


def test_the_tree_in_the_docstring_is_the_tree() -> None:
    drawn = set(re.findall(r"[├└]── (\w+)", errors.__doc__ or ""))
    assert drawn == {kind.__name__ for kind in errors.SyncFault.__subclasses__()}


def test_a_refusal_keeps_the_problem() -> None:
    assert errors.Refused(Problem("code_used", "Conflict", 409)).problem.code == "code_used"
