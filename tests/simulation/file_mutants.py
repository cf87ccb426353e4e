"""Wrong turns with the files that tablets begin with; the table is in `tests.simulation.mutants`."""

from typing import Any

from core.store import cache_files
from tests.simulation.patching import patched


def index_not_built() -> Any:
    return patched(cache_files, finish=lambda group, path: None)
