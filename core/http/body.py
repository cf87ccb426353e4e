"""Bodies have a limit, said by `Content-Length` or counted as they arrive; every answer says the core's time."""

from collections.abc import Callable
from datetime import datetime
from email.utils import format_datetime
from functools import lru_cache

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.contract.sync import Problem
from core.http.problems import ProblemError, response

# A client that is still sending sees a broken connection instead of the answer: so much is read and thrown away first.
MOST_DRAINED_BYTES = 64 * 1024 * 1024


def too_large(limit_bytes: int) -> ProblemError:
    return ProblemError(413, "body_too_large", params={"limit_bytes": limit_bytes})


class BodyLimit:
    """Answers 413 `body_too_large`. `limit_of(path)`: bytes."""

    def __init__(self, app: ASGIApp, limit_of: Callable[[str], int]) -> None:
        self._app, self._limit_of = app, limit_of

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = self._limit_of(scope["path"])
        announced = dict(scope["headers"]).get(b"content-length", b"0")
        if announced.isdigit() and int(announced) > limit:
            await _drain(receive)
            problem: Problem = too_large(limit).problem
            await response(problem)(scope, receive, send)
            return
        counted = 0

        async def counting() -> Message:
            nonlocal counted
            message = await receive()
            counted += len(message.get("body", b""))
            if counted > limit:
                await _drain(receive)
                raise too_large(limit)
            return message

        await self._app(scope, counting, send)


async def _drain(receive: Receive) -> None:
    drained, more = 0, True
    while more and drained < MOST_DRAINED_BYTES:
        message = await receive()
        drained += len(message.get("body", b""))
        more = message["type"] == "http.request" and message.get("more_body", False)


class ServerDate:
    """A `Date` header by the core's own clock: devices measure theirs against it."""

    def __init__(self, app: ASGIApp, now: Callable[[], datetime]) -> None:
        self._app, self._now = app, now

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def dated(message: Message) -> None:
            if message["type"] == "http.response.start":
                date = _as_header(self._now().replace(microsecond=0))
                message["headers"] = [*message.get("headers", ()), (b"date", date)]
            await send(message)

        await self._app(scope, receive, dated)


@lru_cache(maxsize=4)
def _as_header(second: datetime) -> bytes:
    return format_datetime(second, usegmt=True).encode()
