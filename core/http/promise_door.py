"""Promises are asked by their own door: a question whose answer needs no more than one look at the stock.

The door only opens for who is trusted at the moment and a body that is right, with the network in memory. All else,
with every refusal and fault, goes on to the app, which answers the same question the same way.
"""

from typing import Any

import orjson
from pydantic import ValidationError
from sqlalchemy.exc import DBAPIError
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.domain.permissions import Permission, may
from core.http.context import Core, bearer
from core.http.door import body_of
from core.http.office.promise import PromiseBody, promise_view, question_of
from core.http.problems import ProblemError, response
from core.service import promise, sessions

PATH = "/v1/promise"


class PromiseDoor:
    """`state`: of the app, as its routes see it."""

    def __init__(self, app: ASGIApp, state: Any) -> None:
        self._app, self._state = app, state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != PATH or scope["method"] != "POST":
            await self._app(scope, receive, send)
            return
        try:
            body = await body_of(receive)
        except ProblemError as error:
            await response(error.problem, error.headers)(scope, receive, send)
            return
        content = _answer(self._state.core, dict(scope["headers"]), body)
        if content is None:
            await self._app(scope, _again(body, receive), send)
            return
        headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(content))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": content})


def _answer(core: Core, headers: dict[bytes, bytes], body: bytes) -> bytes | None:
    if headers.get(b"content-type") != b"application/json":
        return None
    at = core.now()
    token = bearer(headers.get(b"authorization", b"").decode("latin-1"))
    principal = sessions.trusted(core.database, token, at)
    if principal is None or not may(principal.permissions, Permission.READ_STOCK):
        return None
    try:
        asked = PromiseBody.model_validate_json(body)
        promised = promise.ask_at_a_glance(core.database, question_of(asked), at)
    except (ValidationError, DBAPIError):
        return None
    return None if promised is None else orjson.dumps(promise_view(promised))


def _again(body: bytes, receive: Receive) -> Receive:
    """What was read is read once more."""
    read = False

    async def again() -> Message:
        nonlocal read
        if read:
            return await receive()
        read = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again
