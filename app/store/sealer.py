"""Personal data lies on the device as AES-256-GCM only, under keys that are not in the database.

Customers (name, address, phone, e-mail, gift message) are under the data key, what PINs are compared with is under the
pepper. A text without its key is lost until the core tells it again; order numbers, articles and counts stay readable.
What is sealed is bound to its document: moved to another one it does not open.
"""

import os
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from typing import Any, Final

import msgspec

from app.store.cipher import decrypt, encrypt
from app.store.codec import decode_work
from app.store.keys import DATA, PEPPER, Keys
from app.store.texts import Texts
from core.contract.reference import User
from core.contract.rules import Document
from core.domain.collection import Collection
from core.domain.fulfilment import Address, Fulfilment

MARK: Final = "sealed-1:"
MOST_OPENED: Final = 2048
SEALED_BY: Final = "sealed_by"  # setting: fingerprint of the keys that all rows are under
SEALED: Final = ("fulfilment", "collection", "user", "verdict")  # entities with something personal in them


@dataclass(frozen=True, slots=True)
class _Customer:
    address: Address
    gift_message: str


@dataclass(frozen=True, slots=True)
class _Collector:
    name: str
    phone: str
    email: str
    collector: str


_CUSTOMERS = msgspec.json.Decoder(_Customer)
_COLLECTORS = msgspec.json.Decoder(_Collector)


class Sealer:
    """`random_bytes`: for nonces, never the same twice."""

    def __init__(self, keys: Keys, random_bytes: Callable[[int], bytes] = os.urandom) -> None:
        self._keys = keys
        self._random_bytes = random_bytes
        self.texts = Texts(keys, random_bytes)
        self._opened: OrderedDict[bytes, Document] = OrderedDict()

    @property
    def reads_customers(self) -> bool:
        return self._keys.get(DATA) is not None

    @property
    def knows_pins(self) -> bool:
        return self._keys.get(PEPPER) is not None

    @property
    def fingerprint(self) -> str:
        """Of both keys; "" while one is missing. What was sealed under another one has to be fetched again."""
        data, pepper = self._keys.get(DATA), self._keys.get(PEPPER)
        return "" if data is None or pepper is None else sha256(b"comptoir" + data + pepper).hexdigest()[:16]

    def seal(self, entity: str, document: Any) -> Any:
        """What may be written to a file: the document itself where nothing in it is personal."""
        if entity == "fulfilment":
            return self.seal_fulfilment(document)
        if entity == "collection":
            return self.seal_collection(document)
        if entity == "verdict":
            return replace(document, params=self.texts.seal_params(document.params))
        return self.seal_user(document) if entity == "user" else document

    def seal_fulfilment(self, fulfilment: Fulfilment) -> Fulfilment:
        """Its address is one sealed text in the place of the name, and the country, which forms are chosen by."""
        if fulfilment.ship_to.name.startswith(MARK):
            return fulfilment
        customer = msgspec.json.encode(asdict(_Customer(fulfilment.ship_to, fulfilment.gift_message)))
        sealed = self._seal(DATA, f"fulfilment:{fulfilment.id}", customer)
        hidden = Address(sealed, "", "", "", fulfilment.ship_to.country)
        return replace(fulfilment, ship_to=hidden, gift_message=MARK if fulfilment.gift_message else "")

    def seal_collection(self, collection: Collection) -> Collection:
        """Who fetches it and how they are reached is one sealed text in the place of the name."""
        if collection.customer_name.startswith(MARK):
            return collection
        handed = collection.handed
        who = _Collector(
            collection.customer_name, collection.phone, collection.email, handed.collector if handed else ""
        )
        sealed = self._seal(DATA, f"collection:{collection.id}", msgspec.json.encode(asdict(who)))
        bare = handed and replace(handed, collector="")
        return replace(collection, customer_name=sealed, phone="", email="", handed=bare)

    def open(self, entity: str, body: bytes) -> Document:
        """Of a body as it lies in the database. Without the data key what is personal is empty."""
        if entity not in ("fulfilment", "collection"):
            return decode_work(entity, body)
        known = self._opened.get(body)
        if known is None:
            found = decode_work(entity, body)
            known = self._open_collection(found) if isinstance(found, Collection) else found
            known = self._open_fulfilment(known) if isinstance(known, Fulfilment) else known
            self._opened[body] = known
            if len(self._opened) > MOST_OPENED:
                self._opened.popitem(last=False)
        return known

    def _open_collection(self, collection: Collection) -> Collection:
        if not collection.customer_name.startswith(MARK):
            return collection
        content = self._open(DATA, f"collection:{collection.id}", collection.customer_name)
        handed = self.texts.open(collection.handed)
        if content is None:
            return replace(collection, customer_name="", handed=handed)
        who = _COLLECTORS.decode(content)
        handed = handed and replace(handed, collector=handed.collector or who.collector)
        return replace(collection, customer_name=who.name, phone=who.phone, email=who.email, handed=handed)

    def _open_fulfilment(self, fulfilment: Fulfilment) -> Fulfilment:
        if not fulfilment.ship_to.name.startswith(MARK):
            return fulfilment
        content = self._open(DATA, f"fulfilment:{fulfilment.id}", fulfilment.ship_to.name)
        if content is None:
            hidden = replace(fulfilment.ship_to, name="")
            return replace(fulfilment, ship_to=hidden, gift_message="")
        customer = _CUSTOMERS.decode(content)
        return replace(fulfilment, ship_to=customer.address, gift_message=customer.gift_message)

    def seal_user(self, user: User) -> User:
        if not user.pin_hash or user.pin_hash.startswith(MARK):
            return user
        return replace(user, pin_hash=self._seal(PEPPER, f"user:{user.id}", user.pin_hash.encode()))

    def open_pin_hash(self, user: User) -> str | None:
        content = self._open(PEPPER, f"user:{user.id}", user.pin_hash)
        return None if content is None else content.decode()

    def forget_opened(self) -> None:
        """After a key went: what was read with it goes from memory too."""
        self._opened.clear()

    def _seal(self, key_name: str, about: str, content: bytes) -> str:
        """Without the key nothing of the content is kept."""
        key = self._keys.get(key_name)
        return MARK if key is None else MARK + encrypt(key, about, content, self._random_bytes)

    def _open(self, key_name: str, about: str, sealed: str) -> bytes | None:
        key = self._keys.get(key_name)
        return None if key is None else decrypt(key, about, sealed.removeprefix(MARK))


def pin_hash(sealer: Sealer | None, user: User) -> str | None:
    """What a PIN is compared with. None: it was forgotten, only the core can tell whether a PIN is right."""
    if not user.pin_hash.startswith(MARK):
        return user.pin_hash
    return sealer.open_pin_hash(user) if sealer else None
