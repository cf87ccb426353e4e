"""Users, their PINs and passwords, roles and assignments; keys of integrators."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection, select

from core.http.context import CoreContext
from core.http.office.access import ManageUsers
from core.http.office.answers import IfMatch, Once, Page, PageOf, Reply, etag
from core.http.problems import RESPONSES, ProblemError
from core.service import sessions, users
from core.service.cause import Cause, office_cause
from core.service.refusal import Refusal, unknown
from core.service.users import NewAssignment, NewUser
from core.store import tables as t

router = APIRouter(prefix="/v1", tags=["people"], responses=RESPONSES)


class UserBody(BaseModel):
    model_config = ConfigDict(json_schema_extra={"examples": [{"login": "noemie.lyo1", "name": "Noémie Faure"}]})
    login: str = Field(min_length=1, max_length=100, pattern=r"^[a-z0-9._@-]+$")
    name: str = Field(min_length=1, max_length=200)
    language: str = Field(default="en", max_length=8)


class UserChange(BaseModel):
    """What is left out stays. `pin`: 4 to 8 digits; "" takes it away. `offline_hours`: see `UserView`."""

    model_config = ConfigDict(extra="forbid")
    name: str | None = Field(default=None, min_length=1, max_length=200)
    language: str | None = Field(default=None, max_length=8)
    active: bool | None = None
    offline_hours: int | None = Field(default=None, ge=1, le=720)
    pin: str | None = Field(default=None, pattern=r"^([0-9]{4,8})?$")
    password: str | None = Field(default=None, max_length=200, pattern=r"^(.{10,})?$")


class AssignmentBody(BaseModel):
    """Neither location nor division: everywhere."""

    role_id: str = Field(max_length=64)
    location_id: str = Field(default="", max_length=64)
    division_id: str = Field(default="", max_length=64)


class AssignmentView(BaseModel):
    id: str
    role_id: str
    location_id: str | None
    division_id: str | None


class UserView(BaseModel):
    """No secret is ever read back: only whether there is one.

    `offline_hours`: how long a sign-in that the core confirmed counts without it.
    """

    id: str
    login: str
    name: str
    language: str
    active: bool
    has_pin: bool
    has_password: bool
    offline_hours: int
    assignments: list[AssignmentView]
    version: int


class RoleView(BaseModel):
    id: str
    name: str
    permissions: list[str]


class KeyBody(BaseModel):
    name: str = Field(min_length=1, max_length=100)
    permissions: list[str] = Field(max_length=50, examples=[["read_orders", "write_orders"]])


class KeyView(BaseModel):
    """`key` is told once, when it is made."""

    id: str
    name: str
    permissions: list[str]
    created_at: datetime
    revoked_at: datetime | None = None
    key: str = ""


@router.get("/roles")
def list_roles(_: ManageUsers, core: CoreContext) -> list[RoleView]:
    with core.database.read() as connection:
        rows = connection.execute(select(t.roles).order_by(t.roles.c.id)).all()
    return [RoleView(id=row.id, name=row.name, permissions=row.permissions) for row in rows]


@router.post("/users", status_code=201, response_model=UserView)
def create_user(body: UserBody, principal: ManageUsers, once: Once) -> Response:
    """Can do nothing yet: set a PIN or password, and assign a role."""

    def work(connection: Connection, cause: Cause) -> Reply | Refusal:
        made = users.create(connection, cause, principal.account_id, NewUser(**body.model_dump()))
        if isinstance(made, Refusal):
            return made
        return Reply(_view(connection, made), headers={"Location": f"/v1/users/{made}", **etag(1)})

    return once.once(body, work)


@router.get("/users", response_model=Page[UserView])
def list_users(_: ManageUsers, core: CoreContext, page: PageOf, location_id: str = "") -> Any:
    u, a = t.users.c, t.assignments.c
    query = select(u.id)
    if location_id:
        query = query.where(u.id.in_(select(a.user_id).where(a.location_id == location_id)))
    with core.database.read() as connection:
        rows = page.rows(connection, query, u.id)
        views = {row.id: _view(connection, row.id) for row in rows[: page.limit]}
    return page.page(rows, lambda row: views[row.id], lambda row: (row.id,))


@router.get("/users/{user_id}", response_model=UserView)
def read_user(user_id: str, _: ManageUsers, core: CoreContext) -> Response:
    with core.database.read() as connection:
        view = _view(connection, user_id)
    return Reply(view, 200, etag(view["version"])).send()


@router.patch("/users/{user_id}", response_model=UserView)
def change_user(
    user_id: str, body: UserChange, principal: ManageUsers, core: CoreContext, version: IfMatch
) -> Response:
    """Reaches the person's tablets by sync. A new password, or active false, ends all sessions. 412 `stale_version`."""
    with core.database.write() as connection:
        cause = office_cause(core.now(), principal.user_id or principal.id)
        refused = users.change(connection, cause, user_id, version, body.model_dump(exclude_none=True))
        if refused is not None:
            raise ProblemError.of(refused)
        view = _view(connection, user_id)
    return Reply(view, 200, etag(view["version"])).send()


@router.post("/users/{user_id}/assignments", status_code=201, response_model=UserView)
def assign_role(user_id: str, body: AssignmentBody, _: ManageUsers, once: Once) -> Response:
    def work(connection: Connection, cause: Cause) -> Reply | Refusal:
        made = users.assign(connection, cause, user_id, NewAssignment(**body.model_dump()))
        return made if isinstance(made, Refusal) else Reply(_view(connection, user_id))

    return once.once(body, work)


@router.delete("/users/{user_id}/assignments/{assignment_id}", status_code=204)
def withdraw_role(user_id: str, assignment_id: str, principal: ManageUsers, core: CoreContext) -> Response:
    with core.database.write() as connection:
        cause = office_cause(core.now(), principal.user_id or principal.id)
        refused = users.withdraw(connection, cause, user_id, assignment_id)
        if refused is not None:
            raise ProblemError.of(refused)
    return Response(status_code=204)


@router.post("/keys", status_code=201, response_model=KeyView)
def create_key(body: KeyBody, principal: ManageUsers, once: Once) -> Response:
    """For an integrator. Nobody gives away more than they have: 403 `permission_not_yours`."""

    def work(connection: Connection, cause: Cause) -> Reply | Refusal:
        made = sessions.create_key(connection, principal, body.name, body.permissions, cause.received_at)
        if isinstance(made, Refusal):
            return made
        id, key = made
        row = connection.execute(select(t.api_keys).where(t.api_keys.c.id == id)).one()
        return Reply(_key(row) | {"key": key})

    # The answer of a repetition must not be kept in the clear: it tells the key once only.
    return once.once(body, work, secret=("key",))


@router.get("/keys", response_model=list[KeyView])
def list_keys(_: ManageUsers, core: CoreContext) -> Any:
    with core.database.read() as connection:
        return [_key(row) for row in connection.execute(select(t.api_keys).order_by(t.api_keys.c.id))]


@router.delete("/keys/{key_id}", status_code=204)
def revoke_key(key_id: str, _: ManageUsers, core: CoreContext) -> Response:
    with core.database.write() as connection:
        if not sessions.revoke_key(connection, key_id, core.now()):
            raise ProblemError.of(unknown("key", key_id))
    return Response(status_code=204)


def _key(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in KeyView.model_fields if name != "key"}


def _view(connection: Connection, user_id: str) -> dict[str, Any]:
    row = connection.execute(select(t.users).where(t.users.c.id == user_id)).first()
    if row is None:
        raise ProblemError.of(unknown("user", user_id))
    a = t.assignments.c
    assignments = connection.execute(select(t.assignments).where(a.user_id == user_id).order_by(a.id))
    return {
        **{
            name: getattr(row, name)
            for name in ("id", "login", "name", "language", "active", "offline_hours", "version")
        },
        "has_pin": bool(row.pin_hash),
        "has_password": bool(row.password_hash),
        "assignments": [{name: getattr(one, name) for name in AssignmentView.model_fields} for one in assignments],
    }
