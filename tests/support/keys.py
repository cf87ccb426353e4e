"""Keys of a device that are kept nowhere."""

import os


class MemoryKeys:
    """With a fresh key for each of these names."""

    def __init__(self, *names: str) -> None:
        self.known = {name: os.urandom(32) for name in names}

    def get(self, name: str) -> bytes | None:
        return self.known.get(name)

    async def keep(self, name: str, value: bytes) -> None:
        self.known[name] = value

    async def forget(self, *names: str) -> None:
        for name in names:
            self.known.pop(name, None)
