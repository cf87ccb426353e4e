import importlib
import pkgutil
from dataclasses import fields

import core.contract
import core.domain
from core.domain.outcome import Outcome, Verdict


def every_outcome():
    for package in (core.domain, core.contract):
        for module in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
            importlib.import_module(module.name)
    found, todo = [], [Outcome]
    while todo:
        found += (children := todo.pop().__subclasses__())
        todo += children
    return [kind for kind in found if kind.__module__.startswith(("core.domain", "core.contract"))]


def test_every_answer_has_its_own_stable_code():
    codes: dict[str, str] = {}
    kinds = every_outcome()
    bases = {kind.__qualname__ for kind in kinds if kind.__subclasses__()}
    for kind in kinds:
        if not kind.code and kind.__qualname__ in bases:
            continue
        assert kind.code.isidentifier(), kind
        # A dataclass with slots leaves the class it was made from behind.
        assert codes.setdefault(kind.code, kind.__qualname__) == kind.__qualname__, f"{kind.code} is used twice"
    assert len(codes) > 50


def test_parameters_of_an_answer_are_texts_and_numbers():
    for kind in every_outcome():
        assert {field.type for field in fields(kind)} <= {str, int}, kind


def test_an_answer_counts_as_accepted_unless_it_says_otherwise():
    assert Outcome.verdict is Verdict.ACCEPTED
