"""Keys and signatures, good and bad; the core's own key is one and the same until somebody replaces it."""

import pytest

from core.contract import signing
from core.service import device_keys
from sync.signing import SeedSigner, is_wipe_order
from tests.support.core import NOW

KEY = SeedSigner(b"k" * 32)


@pytest.mark.parametrize(
    ("public_key", "signature", "good"),
    [
        (KEY.public_key, KEY.sign(b"m").hex(), True),
        (KEY.public_key, KEY.sign(b"n").hex(), False),
        ("ff" * 32, KEY.sign(b"m").hex(), False),
        ("", KEY.sign(b"m").hex(), False),
        (KEY.public_key, "zz", False),
        ("é" * 64, "0" * 128, False),
    ],
)
def test_a_signature_is_good_or_it_is_not(public_key, signature, good):
    assert device_keys.is_signed_by(public_key, b"m", signature) is good


def test_an_order_to_wipe_is_one_that_the_device_believes(database):
    with database.read() as connection:
        key = device_keys.core_key(connection)
        order = device_keys.wipe_order(connection, "dev-1", NOW)
    assert signing.is_hex(key, 32)
    assert is_wipe_order(key, "dev-1", order["wipe_at_ms"], order["wipe"])
    assert not is_wipe_order(key, "dev-2", order["wipe_at_ms"], order["wipe"])
