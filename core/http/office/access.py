"""Who may call a route: `Annotated[Principal, needs(Permission.READ_ORDERS)]`, checked before anything is read."""

from typing import Annotated, Any

from fastapi import Depends, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from core.domain.permissions import Permission, may
from core.http.context import Core, CoreContext, reading
from core.http.problems import ProblemError
from core.service import sessions
from core.service.refusal import Refusal
from core.service.sessions import Principal

BEARER = HTTPBearer(auto_error=False, description="The token of a session (POST /v1/sessions), or an integrator's key.")
Bearer = Annotated[HTTPAuthorizationCredentials | None, Security(BEARER)]


async def principal_of(core: CoreContext, credentials: Bearer) -> Principal:
    return await principal_by(core, credentials.credentials.strip() if credentials is not None else "")


async def principal_by(core: Core, token: str) -> Principal:
    """401 `token_missing|token_invalid|token_expired`."""
    if not token:
        raise ProblemError(401, "token_missing", detail="Send a session's token or a key: Authorization: Bearer ...")
    found = await reading(core, lambda: sessions.identify(core.database, token, core.now()))
    if isinstance(found, Refusal):
        raise ProblemError.of(found, 401)
    return found


SignedIn = Annotated[Principal, Depends(principal_of)]


def needs(permission: Permission) -> Any:
    """403 `not_permitted` without the permission."""

    async def allowed(principal: SignedIn) -> Principal:
        require(principal, permission)
        return principal

    return Depends(allowed)


def require(principal: Principal, permission: Permission) -> None:
    if not may(principal.permissions, permission):
        raise ProblemError(403, "not_permitted", params={"permission": permission.value})


ReadOrders = Annotated[Principal, needs(Permission.READ_ORDERS)]
WriteOrders = Annotated[Principal, needs(Permission.WRITE_ORDERS)]
ReleaseHolds = Annotated[Principal, needs(Permission.RELEASE_HOLDS)]
ReadStock = Annotated[Principal, needs(Permission.READ_STOCK)]
WriteStock = Annotated[Principal, needs(Permission.WRITE_STOCK)]
ReadCatalogue = Annotated[Principal, needs(Permission.READ_CATALOGUE)]
WriteCatalogue = Annotated[Principal, needs(Permission.WRITE_CATALOGUE)]
ReadCustomers = Annotated[Principal, needs(Permission.READ_CUSTOMERS)]
ImportFiles = Annotated[Principal, needs(Permission.IMPORT_FILES)]
ManageDevices = Annotated[Principal, needs(Permission.MANAGE_DEVICES)]
ManageUsers = Annotated[Principal, needs(Permission.MANAGE_USERS)]
ManageSettings = Annotated[Principal, needs(Permission.MANAGE_SETTINGS)]
