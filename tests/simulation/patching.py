"""Real code with a part of it replaced, for as long as a `with` lasts."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def patched(owner: Any, **changed: Any) -> Iterator[None]:
    usual = {name: owner.__dict__[name] for name in changed}
    for name, value in changed.items():
        setattr(owner, name, value)
    try:
        yield
    finally:
        for name, value in usual.items():
            setattr(owner, name, value)
