"""An answer that is sent while a thread still writes it: the database is read at its own speed, not the network's.

A slow network must not hold a database snapshot open: what cannot be sent yet waits in memory, much of it in a
temporary file. An answer that cannot be written to its end is cut off, so that nobody takes it for a whole one.
"""

import asyncio
import io
import tempfile
import threading
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import IO, Final

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

IN_MEMORY_BYTES: Final = 1024 * 1024
CHUNK_BYTES: Final = 64 * 1024


class Abandoned(Exception):
    """Nobody takes the answer any more."""


class Spool:
    """One thread writes, one reader on the event loop takes. `begun` is done when there is something to send."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self.begun: asyncio.Future[None] = self._loop.create_future()
        self._more = asyncio.Event()
        self._lock = threading.Lock()
        self._file: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY_BYTES)  # noqa: SIM115  see `close`
        self._ended = False
        self._fault: BaseException | None = None

    def write(self, piece: bytes) -> None:
        """From the thread. Raises Abandoned."""
        if not piece:
            return
        with self._lock:
            if self._file.closed:
                raise Abandoned
            self._file.seek(0, io.SEEK_END)
            self._file.write(piece)
        self._tell()

    def end(self, fault: BaseException | None = None) -> None:
        """From the thread: that was all of it, or all that can be written."""
        self._fault, self._ended = fault, True
        self._tell()

    async def pieces(self) -> AsyncIterator[bytes]:
        """All that is written, as it comes. Raises the fault that ended it."""
        at = 0
        while True:
            self._more.clear()
            ended = self._ended
            if piece := self._read(at):
                at += len(piece)
                yield piece
            elif not ended:
                await self._more.wait()
            elif self._fault is not None:
                raise self._fault
            else:
                return

    def close(self) -> None:
        with self._lock:
            self._file.close()

    def _read(self, at: int) -> bytes:
        with self._lock:
            self._file.seek(at)
            return self._file.read(CHUNK_BYTES)

    def _tell(self) -> None:
        with suppress(RuntimeError):  # the loop has gone, and with it who would listen
            self._loop.call_soon_threadsafe(self._wake)

    def _wake(self) -> None:
        self._more.set()
        if not self.begun.done():
            self.begun.set_result(None)


class SpoolResponse(StreamingResponse):
    """Closes the spool at its end, also when who asked hangs up before the first byte."""

    def __init__(self, spool: Spool, headers: dict[str, str], media_type: str) -> None:
        super().__init__(spool.pieces(), media_type=media_type, headers=headers)
        self._spool = spool

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._spool.close()
