"""People and their roles: a change reaches the tablets of the stores where the person works."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from core.service.cause import Cause
from core.service.events import Happening, record
from core.service.refusal import Kind, Refusal, stale, unknown
from core.service.sessions import distrust, hash_secret
from core.store import feed
from core.store import tables as t


@dataclass(frozen=True, slots=True)
class NewUser:
    login: str
    name: str
    language: str = "en"


@dataclass(frozen=True, slots=True)
class NewAssignment:
    """A role: at one location, in one division, or (both "") everywhere."""

    role_id: str
    location_id: str = ""
    division_id: str = ""


def create(connection: Connection, cause: Cause, account_id: str, new: NewUser) -> str | Refusal:
    """The id. Without PIN, password and roles the person can do nothing yet."""
    if connection.execute(select(t.users.c.id).where(t.users.c.login == new.login)).first() is not None:
        return Refusal("login_taken", Kind.CONFLICT, {"login": new.login})
    id = cause.new_id()
    row = {"id": id, "account_id": account_id, "login": new.login, "name": new.name, "language": new.language}
    connection.execute(insert(t.users), [row | {"created_at": cause.received_at}])
    record(connection, cause, [Happening("UserCreated", "user", id, data={"login": new.login})])
    return id


def change(
    connection: Connection, cause: Cause, user_id: str, version: int, values: Mapping[str, Any]
) -> Refusal | None:
    """Name, language, active, `pin` or `password` ("" takes it away); secrets are kept as argon2id hashes only."""
    u = t.users.c
    known = connection.execute(select(u.version).where(u.id == user_id)).scalar()
    if known is None:
        return unknown("user", user_id)
    written = {name: value for name, value in values.items() if name not in ("pin", "password")}
    for name in ("pin", "password"):
        if name in values:
            written[f"{name}_hash"] = hash_secret(values[name]) if values[name] else ""
    if "pin" in values:
        written["demo_pin"] = ""
    query = update(t.users).where(u.id == user_id, u.version == version).values(**written, version=u.version + 1)
    if connection.execute(query).rowcount != 1:
        return stale("user", known)
    if values.get("active") is False or "password" in values:
        sessions = t.office_sessions
        ended = update(sessions).where(sessions.c.user_id == user_id, sessions.c.revoked_at.is_(None))
        connection.execute(ended.values(revoked_at=cause.received_at))
    distrust(connection)
    told = {"fields": sorted(values)}
    record(connection, cause, [Happening("UserChanged", "user", user_id, data=told)])
    for location_id in places_of(connection, user_id):
        feed.mark(connection, feed.store_part(location_id), "user", user_id)
    return None


def assign(connection: Connection, cause: Cause, user_id: str, new: NewAssignment) -> str | Refusal:
    """Gives the role; the id of the assignment."""
    for table, thing, id in (
        (t.users, "user", user_id),
        (t.roles, "role", new.role_id),
        (t.locations, "location", new.location_id),
        (t.divisions, "division", new.division_id),
    ):
        if id and connection.execute(select(table.c.id).where(table.c.id == id)).first() is None:
            return unknown(thing, id)
    id = cause.new_id()
    places = {"location_id": new.location_id or None, "division_id": new.division_id or None}
    connection.execute(insert(t.assignments), [{"id": id, "user_id": user_id, "role_id": new.role_id} | places])
    distrust(connection)
    told = {"role": new.role_id, "location_id": new.location_id, "division_id": new.division_id}
    record(connection, cause, [Happening("RoleAssigned", "user", user_id, data=told)])
    for location_id in places_of(connection, user_id):
        feed.mark(connection, feed.store_part(location_id), "user", user_id)
    return id


def withdraw(connection: Connection, cause: Cause, user_id: str, assignment_id: str) -> Refusal | None:
    """Takes the role away; the person leaves the tablets of places where no role is left."""
    a = t.assignments.c
    mine = (a.id == assignment_id) & (a.user_id == user_id)
    if connection.execute(select(a.id).where(mine)).first() is None:
        return unknown("assignment", assignment_id)
    before = places_of(connection, user_id)
    connection.execute(delete(t.assignments).where(mine))
    distrust(connection)
    after = places_of(connection, user_id)
    record(connection, cause, [Happening("RoleWithdrawn", "user", user_id, data={"assignment_id": assignment_id})])
    for location_id in sorted(before):
        feed.mark(connection, feed.store_part(location_id), "user", user_id, deleted=location_id not in after)
    return None


def places_of(connection: Connection, user_id: str) -> list[str]:
    """Locations on whose tablets the person is: assigned there, or in a division that works there."""
    a, of = t.assignments.c, t.location_divisions.c
    direct = select(a.location_id).where(a.user_id == user_id, a.location_id.is_not(None))
    shared = (
        select(of.location_id)
        .join_from(t.assignments, t.location_divisions, of.division_id == a.division_id)
        .where(a.user_id == user_id, a.location_id.is_(None))
    )
    found = set(connection.execute(direct).scalars()) | set(connection.execute(shared).scalars())
    return sorted(found)
