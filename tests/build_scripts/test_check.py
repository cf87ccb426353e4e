"""The gate is closed by any failing step, and says by which."""

import sys

import pytest

import check


def step(code: str, *, is_empty: bool = False) -> check.Step:
    return check.Step("one", "One", (sys.executable, "-c", code), is_empty=is_empty)


@pytest.mark.parametrize(
    ("exit_code", "is_empty", "passed"), [(0, False, True), (1, False, False), (5, False, False), (5, True, True)]
)
def test_a_step_passes_by_its_exit_code(exit_code, is_empty, passed):
    assert check.run(step(f"raise SystemExit({exit_code})", is_empty=is_empty)).passed is passed


def test_the_output_of_a_step_is_shown(capsys):
    check.run(step("print('12 passed in 3 s')"))
    assert "12 passed in 3 s\n" in capsys.readouterr().out


def test_the_summary_names_what_failed():
    good = check.Result(step(""), True, 1.0, "12 passed")
    bad = check.Result(check.Step("types", "Types", ()), False, 2.0, "")
    assert check.summary([good, bad]).endswith("The gate is closed by: types (3 s)")
    assert check.summary([good]).endswith("The gate is open (1 s)")


def test_fast_leaves_out_chromium_and_postgresql():
    names = [found.name for found in check.steps(fast=True)]
    assert names == ["ruff", "format", "types", "imports", "locales", "compile", "tests"]
    assert "not browser and not postgres" in check.steps(fast=True)[-1].command


def test_an_unknown_step_is_refused(capsys):
    with pytest.raises(SystemExit, match="2"):
        check.main(["--only", "nothing"])
    assert "no such step: nothing" in capsys.readouterr().err
