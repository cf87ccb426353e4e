"""Signing in and out of head office."""

from datetime import datetime

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from core.http.context import CoreContext
from core.http.limits import Limit
from core.http.office.access import Bearer, SignedIn
from core.http.problems import RESPONSES, ProblemError
from core.service import sessions
from core.service.refusal import Refusal

router = APIRouter(prefix="/v1/sessions", tags=["sessions"], responses=RESPONSES)


class SignIn(BaseModel):
    model_config = ConfigDict(json_schema_extra={"examples": [{"login": "office", "password": "comptoir-demo"}]})
    login: str = Field(min_length=1, max_length=100)
    password: str = Field(min_length=1, max_length=200)


class SessionView(BaseModel):
    """`token` is sent as `Authorization: Bearer ...`."""

    token: str
    expires_at: datetime
    user_id: str
    name: str
    permissions: list[str]


class PrincipalView(BaseModel):
    id: str
    name: str
    permissions: list[str]


@router.post("", status_code=201)
def sign_in(body: SignIn, request: Request, core: CoreContext) -> SessionView:
    """401 `credentials_wrong`; 429 `sign_in_locked` after five wrong passwords, `too_many_attempts` of one address."""
    at, address = core.now(), request.client.host if request.client else ""
    failures: Limit = request.app.state.sign_in_failures
    failures.check(address, at)
    found = sessions.sign_in(core.database, body.login, body.password, at)
    if isinstance(found, Refusal):
        failures.note(address, at)
        if found.code == "sign_in_locked":
            raise ProblemError(429, found.code, detail=found.remedy, retry_after_s=int(found.params["retry_after_s"]))
        raise ProblemError.of(found, 401)
    return SessionView(
        token=found.token,
        expires_at=found.expires_at,
        user_id=found.user_id,
        name=found.name,
        permissions=list(found.permissions),
    )


@router.get("/current")
def who_am_i(principal: SignedIn) -> PrincipalView:
    """Who the token or key belongs to, and what it may do."""
    return PrincipalView(id=principal.id, name=principal.name, permissions=sorted(principal.permissions))


@router.delete("/current", status_code=204)
def sign_out(_: SignedIn, core: CoreContext, credentials: Bearer) -> Response:
    """The token is worth nothing from now on."""
    with core.database.write() as connection:
        sessions.sign_out(connection, credentials.credentials if credentials else "", core.now())
    return Response(status_code=204)
