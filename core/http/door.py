"""Pushes come in by their own door: the framework takes longer to find their route than the core to answer them.

What it answers is what the route answers (`core.http.sync.answer_push`); everything else goes on to the app.
"""

from functools import partial
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

from core.http.problems import ProblemError, response
from core.http.sync import answer_push

PATH = "/sync/v1/push"


class PushDoor:
    """`state`: of the app, as its routes see it."""

    def __init__(self, app: ASGIApp, state: Any) -> None:
        self._app, self._state = app, state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != PATH or scope["method"] != "POST":
            await self._app(scope, receive, send)
            return
        authorization = dict(scope["headers"]).get(b"authorization", b"").decode("latin-1")
        try:
            content = await answer_push(self._state, authorization, partial(_body_of, receive))
        except ProblemError as error:
            await response(error.problem, error.headers)(scope, receive, send)
            return
        headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(content))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": content})


async def _body_of(receive: Receive) -> bytes:
    parts, more = [], True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ProblemError(400, "malformed", detail="the request ended in the middle")
        parts.append(message.get("body", b""))
        more = message.get("more_body", False)
    return b"".join(parts)
