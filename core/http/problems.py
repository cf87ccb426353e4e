"""Every error is a problem document (RFC 9457) with a stable `code` that is translated; nothing internal leaks.

raise ProblemError(404, "order_unknown", params={"id": id})      # or ProblemError.of(refusal)
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from http import HTTPStatus
from typing import Any

import orjson
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from core.contract.sync import Problem
from core.service.refusal import Kind, Refusal

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
STATUS_OF = {Kind.INVALID: 422, Kind.UNKNOWN: 404, Kind.CONFLICT: 409, Kind.STALE: 412, Kind.FORBIDDEN: 403}
CODE_OF_STATUS = {
    400: "malformed", 401: "token_missing", 404: "not_found", 405: "method_not_allowed", 413: "body_too_large",
}  # fmt: skip
# For the OpenAPI document of any route.
RESPONSES: dict[int | str, dict[str, Any]] = {
    "default": {"model": Problem, "description": "A problem document", "content": {MEDIA_TYPE: {}}}
}


class ProblemError(Exception):
    """An answer that is an error. `retry_after_s`: when asking again makes sense."""

    def __init__(
        self,
        status: int,
        code: str,
        *,
        detail: str = "",
        params: Mapping[str, str | int] | None = None,
        retry_after_s: int | None = None,
    ) -> None:
        super().__init__(f"{status} {code}")
        self.problem = Problem(code, HTTPStatus(status).phrase, status, detail, dict(params or {}))
        self.headers = {} if retry_after_s is None else {"Retry-After": str(retry_after_s)}

    @classmethod
    def of(cls, refusal: Refusal, status: int | None = None) -> "ProblemError":
        """What a service refused, as HTTP says it."""
        return cls(status or STATUS_OF[refusal.kind], refusal.code, detail=refusal.remedy, params=refusal.params)


def malformed(place: Sequence[str | int], why: str) -> ProblemError:
    """`place`: where in the request, from the outside in."""
    field = ".".join(map(str, place))
    return ProblemError(422, "malformed", detail=f"{field}: {why}"[:500], params={"field": field[:200]})


def response(problem: Problem, headers: Mapping[str, str] | None = None) -> Response:
    return Response(orjson.dumps(asdict(problem)), problem.status, dict(headers or {}), MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Makes every error of the app a problem document."""

    @app.exception_handler(ProblemError)
    async def _problem(_: Request, error: ProblemError) -> Response:
        return response(error.problem, error.headers)

    @app.exception_handler(RequestValidationError)
    async def _malformed(_: Request, error: RequestValidationError) -> Response:
        first = error.errors()[0]
        return response(malformed(first["loc"], first["msg"]).problem)

    @app.exception_handler(HTTPException)
    async def _http(_: Request, error: HTTPException) -> Response:
        code = CODE_OF_STATUS.get(error.status_code, "refused")
        problem = Problem(code, HTTPStatus(error.status_code).phrase, error.status_code, str(error.detail)[:500])
        return response(problem, error.headers)

    @app.exception_handler(Exception)
    async def _fault(request: Request, error: Exception) -> Response:
        log.error("%s %s failed", request.method, request.url.path, exc_info=error)
        return response(Problem("internal", "Internal Server Error", 500))
