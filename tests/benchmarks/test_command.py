import pytest
from typer.exceptions import TyperException

from tests.benchmarks.command import measure


def test_an_unknown_bench_is_refused_with_the_names_there_are():
    with pytest.raises(TyperException, match="scan-to-feedback"):
        measure("nothing")
