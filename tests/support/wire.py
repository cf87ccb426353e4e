"""HTTP/1.1 over real sockets with little CPU: a thousand tablets of one process leave the machine to the core.

What httpcore does for any server is done here for one that is known: kept connections, lengths and chunks, timeouts.
Faults are httpx's own, so that the transport of the app (`sync.transport`) meets what it meets on a tablet.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

MOST_HEAD_BYTES = 64 * 1024
_Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Wire(httpx.AsyncBaseTransport):
    """Of one tablet."""

    def __init__(self) -> None:
        self._idle: list[_Connection] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        timeouts = request.extensions["timeout"]
        while self._idle:
            connection = self._idle.pop()
            reader, writer = connection
            if reader.at_eof() or writer.is_closing():
                writer.close()
                continue
            return await self._asked(connection, request, timeouts["read"])
        try:
            async with asyncio.timeout(timeouts["connect"]):
                connection = await asyncio.open_connection(
                    request.url.host, request.url.port or 80, limit=MOST_HEAD_BYTES
                )
        except TimeoutError as fault:
            raise httpx.ConnectTimeout("no connection in time", request=request) from fault
        except OSError as fault:
            raise httpx.ConnectError(str(fault), request=request) from fault
        return await self._asked(connection, request, timeouts["read"])

    async def aclose(self) -> None:
        for _, writer in self._idle:
            writer.close()
        self._idle.clear()

    def keep(self, connection: _Connection) -> None:
        self._idle.append(connection)

    async def _asked(self, connection: _Connection, request: httpx.Request, read_s: float | None) -> httpx.Response:
        reader, writer = connection
        try:
            async with _as_httpx(request, read_s):
                writer.write(_encoded(request))
                head = await reader.readuntil(b"\r\n\r\n")
        except BaseException:
            writer.close()
            raise
        status, headers = _head(head)
        return httpx.Response(status, headers=headers, stream=_Body(self, connection, request, read_s, dict(headers)))


class _Body(httpx.AsyncByteStream):
    """Goes back to the wire when it was read to its end; else its connection is closed."""

    def __init__(
        self,
        wire: Wire,
        connection: _Connection,
        request: httpx.Request,
        read_s: float | None,
        headers: dict[bytes, bytes],
    ) -> None:
        self._wire, self._connection, self._request, self._read_s = wire, connection, request, read_s
        self._chunked = headers.get(b"transfer-encoding") == b"chunked"
        self._length = int(headers.get(b"content-length", b"0"))
        self._is_read = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        reader = self._connection[0]
        if not self._chunked:
            left = self._length
            while left:
                async with _as_httpx(self._request, self._read_s):
                    piece = await reader.read(min(left, MOST_HEAD_BYTES))
                if not piece:
                    raise httpx.RemoteProtocolError("the answer ended in the middle", request=self._request)
                left -= len(piece)
                yield piece
        while self._chunked:
            async with _as_httpx(self._request, self._read_s):
                size = int(await reader.readuntil(b"\r\n"), 16)
                piece = (await reader.readexactly(size + 2))[:-2]
            if not size:
                break
            yield piece
        self._is_read = True

    async def aclose(self) -> None:
        if self._is_read or (not self._chunked and not self._length):
            self._wire.keep(self._connection)
        else:
            self._connection[1].close()


@asynccontextmanager
async def _as_httpx(request: httpx.Request, read_s: float | None) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(read_s):
            yield
    except TimeoutError as fault:
        raise httpx.ReadTimeout("no answer in time", request=request) from fault
    except asyncio.IncompleteReadError as fault:
        raise httpx.RemoteProtocolError("the connection ended", request=request) from fault
    except OSError as fault:
        raise httpx.ReadError(str(fault), request=request) from fault


def _encoded(request: httpx.Request) -> bytes:
    lines = [b"%s %s HTTP/1.1\r\n" % (request.method.encode(), request.url.raw_path)]
    lines += [b"%s: %s\r\n" % header for header in request.headers.raw]
    return b"".join([*lines, b"\r\n", request.content])


def _head(text: bytes) -> tuple[int, list[tuple[bytes, bytes]]]:
    first, *lines = text[:-4].split(b"\r\n")
    headers = [(name.lower(), value.strip()) for name, _, value in (line.partition(b":") for line in lines)]
    return int(first.split(b" ")[1]), headers
