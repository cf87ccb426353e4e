"""What commands and their answers say of people lies sealed in the outbox, and travels in the clear.

Its key outlives the lease on customers' data: a command that could not be read any more would be a command lost. It
goes when the device is wiped, after everything was handed over.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, Final, TypeVar

from app.store.cipher import decrypt, encrypt
from app.store.keys import OUTBOX, Keys
from core.contract.commands import Command

MARK: Final = "sealed-2:"
# Fields of commands, and parameters of outcomes and verdicts, that name or depict a person.
PERSONAL: Final = frozenset({"collector", "signature"})
T = TypeVar("T")


class Texts:
    """Without the key a text stays as it is: a fact is never given up."""

    def __init__(self, keys: Keys | None, random_bytes: Callable[[int], bytes] = os.urandom) -> None:
        self._keys = keys
        self._random_bytes = random_bytes

    def seal(self, thing: T) -> T:
        """A frozen dataclass with its personal fields sealed; what is sealed already stays."""
        return _changed(thing, self._seal)

    def open(self, thing: T) -> T:
        return _changed(thing, self._open)

    def open_command(self, command: Command) -> Command:
        arguments = self.open(command.arguments)
        return command if arguments is command.arguments else replace(command, arguments=arguments)

    def seal_params(self, params: Mapping[str, str | int]) -> dict[str, str | int]:
        return {name: self._seal(name, value) if name in PERSONAL else value for name, value in params.items()}

    def open_params(self, params: Mapping[str, str | int]) -> dict[str, str | int]:
        return {name: self._open(name, value) if name in PERSONAL else value for name, value in params.items()}

    def _key(self) -> bytes | None:
        return self._keys.get(OUTBOX) if self._keys else None

    def _seal(self, name: str, text: Any) -> Any:
        key = self._key()
        if key is None or not isinstance(text, str) or not text or text.startswith(MARK):
            return text
        return MARK + encrypt(key, name, text.encode(), self._random_bytes)

    def _open(self, name: str, text: Any) -> Any:
        key = self._key()
        if key is None or not isinstance(text, str) or not text.startswith(MARK):
            return text
        content = decrypt(key, name, text.removeprefix(MARK))
        return text if content is None else content.decode()


PLAIN: Final = Texts(None)


def _changed(thing: T, change: Callable[[str, Any], Any]) -> T:
    if not is_dataclass(thing) or isinstance(thing, type):
        return thing
    names = PERSONAL.intersection(field.name for field in fields(thing))
    before = {name: getattr(thing, name) for name in names}
    after = {name: change(name, value) for name, value in before.items()}
    return thing if after == before else replace(thing, **after)
