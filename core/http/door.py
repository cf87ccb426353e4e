"""What is asked most comes in by its own door: the framework takes longer to find a route than the core to answer it.

What is answered here is what the route answers (`HANDLERS`). A handler may say "not me" (None): that request, as
everything else, goes on to the app, which reads its body as if nobody had.
"""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any, Final

from fastapi import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.http.context import BodyOf
from core.http.files import FILES_PATH, answer_file
from core.http.office.orders import answer_order
from core.http.office.promise import answer_promise
from core.http.problems import ProblemError, response
from core.http.sync import EVENTS_PATH, PULL_PATH, PUSH_PATH, answer_events, answer_pull, answer_push

Handler = Callable[[Any, Mapping[bytes, bytes], BodyOf], Awaitable[Response | None]]
# By method and path; each is given the state of the app, the headers of the request, and its body.
HANDLERS: Final[Mapping[tuple[str, str], Handler]] = {
    ("POST", PUSH_PATH): answer_push,
    ("POST", PULL_PATH): answer_pull,
    ("GET", EVENTS_PATH): answer_events,
    ("POST", "/v1/orders"): answer_order,
    ("POST", "/v1/promise"): answer_promise,
}


class Door:
    """`state`: of the app, as its routes see it."""

    def __init__(self, app: ASGIApp, state: Any) -> None:
        self._app, self._state = app, state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        handler = self._handler_of(scope)
        if handler is None:
            await self._app(scope, receive, send)
            return
        body = _Body(receive)
        try:
            answer = await handler(self._state, dict(scope["headers"]), body.read)
        except ProblemError as error:
            answer = response(error.problem, error.headers)
        if answer is None:
            await self._app(scope, body.again, send)
        else:
            await answer(scope, receive, send)

    def _handler_of(self, scope: Scope) -> Handler | None:
        # None of them knows a query: one that is sent is the app's to deal with, and part of what a device has signed.
        if scope["type"] != "http" or scope.get("query_string"):
            return None
        method, path = scope["method"], scope["path"]
        if method == "GET" and path.startswith(FILES_PATH):
            return partial(answer_file, path.removeprefix(FILES_PATH))
        return HANDLERS.get((method, path))


class _Body:
    """Of one request. What was read is there for the app again."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._read: bytes | None = None

    async def read(self) -> bytes:
        """All of it. 400 `malformed` from who hangs up in the middle."""
        parts, more = [], True
        while more:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise ProblemError(400, "malformed", detail="the request ended in the middle")
            parts.append(message.get("body", b""))
            more = message.get("more_body", False)
        self._read = b"".join(parts)
        return self._read

    async def again(self) -> Message:
        if self._read is None:
            return await self._receive()
        body, self._read = self._read, None
        return {"type": "http.request", "body": body, "more_body": False}
