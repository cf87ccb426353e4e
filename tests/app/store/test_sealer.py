"""What is personal opens with its key, for its document, and with nothing else."""

from dataclasses import replace

import msgspec
import pytest

from app.store.codec import encode
from app.store.keys import DATA, PEPPER
from app.store.sealer import MARK, Sealer, pin_hash
from tests.support.device import USERS, fulfilment
from tests.support.keys import MemoryKeys

ORDER = fulfilment(1, gift_message="Happy birthday Augusta")
ANN = replace(USERS[0], pin_hash="$argon2id$v=19$...")


def test_a_customer_is_sealed_and_opened_again() -> None:
    sealer = Sealer(MemoryKeys(DATA))
    sealed = sealer.seal("fulfilment", ORDER)
    body = encode(sealed)
    for word in ("Ada", "Lovelace", "Paix", "75002", "Paris", "Augusta"):
        assert word.encode() not in body
    assert sealed.ship_to.country == "FR"
    assert sealer.fulfilment(body) == ORDER
    assert sealer.seal("fulfilment", sealed) == sealed
    assert encode(sealer.seal("fulfilment", ORDER)) != body


def test_without_the_key_the_order_is_there_and_the_customer_is_not() -> None:
    keys = MemoryKeys(DATA)
    sealer = Sealer(keys)
    body = encode(sealer.seal("fulfilment", ORDER))
    assert sealer.fulfilment(body).ship_to.name == "Ada Lovelace"
    keys.known.clear()
    sealer.forget_opened()
    seen = sealer.fulfilment(body)
    assert (seen.number, seen.lines, seen.ship_to.name, seen.gift_message) == (ORDER.number, ORDER.lines, "", "")
    assert not sealer.reads_customers
    # What comes while there is no key is not kept at all.
    assert sealer.seal("fulfilment", ORDER).ship_to.name == MARK


@pytest.mark.parametrize("number", [2, 3])
def test_what_is_sealed_is_bound_to_its_document(number: int) -> None:
    sealer = Sealer(MemoryKeys(DATA))
    stolen = sealer.seal("fulfilment", ORDER).ship_to
    other = replace(fulfilment(number), ship_to=stolen)
    assert sealer.fulfilment(encode(other)).ship_to.name == ""


def test_a_damaged_text_is_unreadable_and_no_fault() -> None:
    sealer = Sealer(MemoryKeys(DATA))
    sealed = sealer.seal("fulfilment", ORDER)
    for name in (sealed.ship_to.name[:-8], MARK + "????", MARK + "AAAA", MARK):
        broken = replace(sealed, ship_to=replace(sealed.ship_to, name=name))
        assert sealer.fulfilment(encode(broken)).ship_to.name == ""


def test_a_pin_is_compared_with_nothing_without_the_pepper() -> None:
    keys = MemoryKeys(PEPPER)
    sealer = Sealer(keys)
    sealed = sealer.seal("user", ANN)
    assert b"argon2" not in msgspec.json.encode(sealed)
    assert pin_hash(sealer, sealed) == ANN.pin_hash
    assert pin_hash(None, sealed) is None
    assert pin_hash(None, ANN) == ANN.pin_hash
    keys.known.clear()
    assert pin_hash(sealer, sealed) is None
    nobody = replace(ANN, pin_hash="")
    assert sealer.seal("user", nobody) == nobody


def test_the_fingerprint_is_of_both_keys_or_of_none() -> None:
    keys = MemoryKeys(DATA, PEPPER)
    first = Sealer(keys).fingerprint
    assert first == Sealer(keys).fingerprint
    assert Sealer(MemoryKeys(DATA, PEPPER)).fingerprint != first
    assert Sealer(MemoryKeys(DATA)).fingerprint == ""
