import pytest

from tests.benchmarks.load import bare_app, drive, post, serving

ORDER = {"division_id": "d", "destination": {}, "lines": [{"sku": "A", "quantity": 2}]}


def test_every_request_is_answered_and_timed_and_an_error_is_no_answer():
    with serving(bare_app) as port:
        done = drive(port, [post("/orders", ORDER)], concurrency=3, count=20)
        assert len(done.latencies_ms) == 20
        assert done.per_s > 0
        with pytest.raises(RuntimeError, match="422"):
            drive(port, [post("/orders", {})], concurrency=1, count=1)
