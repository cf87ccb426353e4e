from core.service.refusal import Kind, stale, unknown


def test_what_does_not_exist_and_what_is_outdated_have_codes_of_their_own():
    missing, outdated = unknown("order", "N-1"), stale("order", 3)
    assert (missing.code, missing.kind, missing.params) == ("order_unknown", Kind.UNKNOWN, {"id": "N-1"})
    assert (outdated.code, outdated.kind, outdated.params["version"]) == ("stale_version", Kind.STALE, 3)
