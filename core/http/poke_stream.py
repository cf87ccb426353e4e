"""The stream of pokes of one device, as server-sent events: one task waits for news, one for the end of the client."""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Final

from fastapi import Response
from starlette.types import Receive, Scope, Send

from core.contract.sync import Group
from core.http.pokes import Listener, Pokes

HEARTBEAT_S: Final = 15.0
_HEADERS: Final = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


class PokeStream(Response):
    """`parts`: of the device that listens."""

    media_type = "text/event-stream"

    def __init__(self, pokes: Pokes, parts: Sequence[str]) -> None:
        super().__init__(headers=_HEADERS)
        del self.headers["content-length"]
        self._pokes, self._parts = pokes, parts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        listener = self._pokes.listen(self._parts)
        leaving = asyncio.create_task(_until_gone(receive, listener))
        try:
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            # A change between the device's last pull and this moment would never be told: let it pull once.
            await _say(send, _events(Group))
            while not listener.is_over:
                groups = await listener.news(HEARTBEAT_S)
                await _say(send, _events(groups) or b": ping\r\n\r\n")
            await send({"type": "http.response.body", "body": b""})
        finally:
            leaving.cancel()
            self._pokes.leave(listener)


async def _until_gone(receive: Receive, listener: Listener) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    listener.end()


def _events(groups: Iterable[Group]) -> bytes:
    return b"".join(f"event: poke\r\ndata: {group.value}\r\n\r\n".encode() for group in groups)


async def _say(send: Send, text: bytes) -> None:
    await send({"type": "http.response.body", "body": text, "more_body": True})
