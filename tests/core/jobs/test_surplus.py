from core.jobs.handlers import HANDLERS
from core.service import surplus


def test_what_a_correction_leaves_is_done_by_a_worker():
    assert surplus.RESOURCE in HANDLERS
