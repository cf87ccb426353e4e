"""Processes of their own for tests, forked from one that has imported the core already: a start costs no imports."""

import io
import multiprocessing
import os
import subprocess
import sys
import traceback
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from multiprocessing.context import ForkServerContext
from multiprocessing.queues import SimpleQueue

IMPORTED = ["tests.support.warmed", "tests.support.warm"]


def warm_context() -> ForkServerContext:
    """Its processes have nothing open and nothing but modules in common."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(IMPORTED)
    return context


def run_command(words: tuple[str, ...], environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """The `comptoir` command as a process: its exit code, and what it wrote."""
    context = warm_context()
    answers: SimpleQueue[tuple[int, str, str]] = context.SimpleQueue()
    process = context.Process(target=_run, args=(words, dict(environment), answers))
    process.start()
    code, out, err = answers.get()
    process.join()
    return subprocess.CompletedProcess(words, code, out, err)


def _run(words: tuple[str, ...], environment: Mapping[str, str], answers: "SimpleQueue[tuple[int, str, str]]") -> None:
    from app.cli import main

    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["comptoir", *words]
    out, err, code = io.StringIO(), io.StringIO(), 0
    with redirect_stdout(out), redirect_stderr(err):
        try:
            main()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 1
        except BaseException:
            code = 1
            traceback.print_exc()
    answers.put((code, out.getvalue(), err.getvalue()))
