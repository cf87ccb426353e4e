"""A device signs what it asks for, and knows an order of its core from one of anybody else."""

from datetime import UTC, datetime

from core.contract import signing
from core.contract.signing import Asked
from sync.signing import SeedSigner, is_wipe_order, proof_headers

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
CORE = SeedSigner(b"c" * 32)


def test_a_proof_is_read_as_it_was_made() -> None:
    made = proof_headers(SeedSigner(b"d" * 32), Asked("POST", "/x", b"{}"), AT, "n" * 24)
    proof = signing.read(made)
    assert proof is not None
    assert (proof.time_ms, proof.nonce) == (1772442000000, "n" * 24)


def test_a_device_without_a_key_signs_nothing() -> None:
    assert proof_headers(None, Asked("GET", "/x"), AT, "n" * 24) == {}


def test_only_the_core_of_the_device_orders_it_to_be_wiped() -> None:
    order = CORE.sign(signing.wipe_message("dev-1", 5)).hex()
    assert is_wipe_order(CORE.public_key, "dev-1", 5, order)
    stranger = SeedSigner(b"s" * 32).sign(signing.wipe_message("dev-1", 5)).hex()
    for key, device_id, at_ms, signature in (
        (CORE.public_key, "dev-2", 5, order),
        (CORE.public_key, "dev-1", 6, order),
        (CORE.public_key, "dev-1", "5", order),
        (CORE.public_key, "dev-1", 5, stranger),
        (CORE.public_key, "dev-1", 5, ""),
        (CORE.public_key, "dev-1", 5, None),
        ("", "dev-1", 5, order),
    ):
        assert not is_wipe_order(key, device_id, at_ms, signature)
