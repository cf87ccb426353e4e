"""What is personal opens with its key, for its document, and with nothing else."""

from dataclasses import replace

import msgspec
import pytest

from app.store.codec import encode
from app.store.keys import DATA, PEPPER
from app.store.sealer import MARK, Sealer, pin_hash
from core.domain.collection import Collection
from core.domain.fulfilment import Fulfilment
from tests.contract.examples import DOCUMENT_EXAMPLES
from tests.support.device import USERS, fulfilment
from tests.support.keys import MemoryKeys

ORDER = fulfilment(1, gift_message="Happy birthday Augusta")
ANN = replace(USERS[0], pin_hash="$argon2id$v=19$...")


def opened(sealer: Sealer, body: bytes) -> Fulfilment:
    found = sealer.open("fulfilment", body)
    assert isinstance(found, Fulfilment)
    return found


def test_who_collects_is_sealed_and_opened_again() -> None:
    keys = MemoryKeys(DATA)
    sealer = Sealer(keys)
    collection = DOCUMENT_EXAMPLES["collection"]
    sealed = sealer.seal("collection", collection)
    # Two letters alone may well stand in what is sealed.
    for word in ("Ada", "Prima", "example.org", "+32", '"Bo"'):
        assert word.encode() not in encode(replace(sealed, lines=()))
    assert sealer.open("collection", encode(sealed)) == collection
    assert sealer.seal("collection", sealed) == sealed
    keys.known.clear()
    sealer.forget_opened()
    seen = sealer.open("collection", encode(sealed))
    assert isinstance(seen, Collection)
    assert (seen.customer_name, seen.phone, seen.number, seen.lines) == ("", "", collection.number, collection.lines)


def test_a_customer_is_sealed_and_opened_again() -> None:
    sealer = Sealer(MemoryKeys(DATA))
    sealed = sealer.seal("fulfilment", ORDER)
    body = encode(sealed)
    for word in ("Ada", "Lovelace", "Paix", "75002", "Paris", "Augusta"):
        assert word.encode() not in body
    assert sealed.ship_to.country == "FR"
    assert opened(sealer, body) == ORDER
    assert sealer.seal("fulfilment", sealed) == sealed
    assert encode(sealer.seal("fulfilment", ORDER)) != body


def test_without_the_key_the_order_is_there_and_the_customer_is_not() -> None:
    keys = MemoryKeys(DATA)
    sealer = Sealer(keys)
    body = encode(sealer.seal("fulfilment", ORDER))
    assert opened(sealer, body).ship_to.name == "Ada Lovelace"
    keys.known.clear()
    sealer.forget_opened()
    seen = opened(sealer, body)
    assert (seen.number, seen.lines, seen.ship_to.name, seen.gift_message) == (ORDER.number, ORDER.lines, "", "")
    assert not sealer.reads_customers
    # What comes while there is no key is not kept at all.
    assert sealer.seal("fulfilment", ORDER).ship_to.name == MARK


@pytest.mark.parametrize("number", [2, 3])
def test_what_is_sealed_is_bound_to_its_document(number: int) -> None:
    sealer = Sealer(MemoryKeys(DATA))
    stolen = sealer.seal("fulfilment", ORDER).ship_to
    other = replace(fulfilment(number), ship_to=stolen)
    assert opened(sealer, encode(other)).ship_to.name == ""


def test_a_damaged_text_is_unreadable_and_no_fault() -> None:
    sealer = Sealer(MemoryKeys(DATA))
    sealed = sealer.seal("fulfilment", ORDER)
    for name in (sealed.ship_to.name[:-8], MARK + "????", MARK + "AAAA", MARK):
        broken = replace(sealed, ship_to=replace(sealed.ship_to, name=name))
        assert opened(sealer, encode(broken)).ship_to.name == ""


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
