"""What every process of the tests does first: its files lie in memory, and compiled modules are kept.

Compiled modules are kept whatever the shell says: the tests start hundreds of processes, and each would otherwise
compile a thousand modules before it does anything.
"""

import gc
import os
import sys
from pathlib import Path

from tests.support.memory import keep_files_in_memory
from tests.support.statements import compile_once

COMPILED = Path(__file__).resolve().parent.parent / ".artefacts" / "pycache"

os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
os.environ.setdefault("PYTHONPYCACHEPREFIX", str(COMPILED))
sys.dont_write_bytecode = False
sys.pycache_prefix = sys.pycache_prefix or os.environ["PYTHONPYCACHEPREFIX"]
keep_files_in_memory()
compile_once()
# To look for dead circles at every seven hundred objects takes a fifth of a run.
gc.set_threshold(50_000, 20, 50)


def pytest_collection_finish() -> None:
    """What was imported until now stays: no search goes through it again."""
    gc.collect()
    gc.freeze()
