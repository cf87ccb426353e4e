"""Headers that are no proof are none, whatever stands in them."""

from hypothesis import given
from hypothesis import strategies as st

from core.contract import signing
from core.contract.signing import Asked

GOOD = {signing.TIME: "1772442000000", signing.NONCE: "n" * 24, signing.SIGNATURE: "0f" * 64}


def test_a_proof_needs_all_its_parts() -> None:
    assert signing.read(GOOD) is not None
    for name in GOOD:
        assert signing.read({**GOOD, name: ""}) is None


def test_parts_are_bounded() -> None:
    for name, value in (
        (signing.TIME, "9" * 17),
        (signing.TIME, "-1"),
        (signing.TIME, "٣"),
        (signing.NONCE, "n" * 15),
        (signing.NONCE, "n" * 65),
        (signing.NONCE, "n" * 20 + "\n"),
        (signing.SIGNATURE, "0F" * 64),
        (signing.SIGNATURE, "0f" * 63),
    ):
        assert signing.read({**GOOD, name: value}) is None


@given(st.dictionaries(st.sampled_from([signing.TIME, signing.NONCE, signing.SIGNATURE]), st.text(max_size=200)))
def test_any_text_is_read_or_left(found: dict[str, str]) -> None:
    proof = signing.read(found)
    assert proof is None or signing.headers(proof) == {name: found[name] for name in signing.headers(proof)}


def test_another_method_target_body_time_or_nonce_is_another_message() -> None:
    asked = [Asked("POST", "/a", b"x"), Asked("GET", "/a", b"x"), Asked("POST", "/b", b"x"), Asked("POST", "/a", b"y")]
    messages = [signing.message(one, 1, "n") for one in asked]
    messages += [signing.message(asked[0], 2, "n"), signing.message(asked[0], 1, "m")]
    assert len(set(messages)) == 6
