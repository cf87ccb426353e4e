"""What a user may do at a location: the union of the roles assigned there, in its divisions, or everywhere."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, or_, select

from core.store import tables as t


@dataclass(frozen=True, slots=True)
class Grants:
    roles: tuple[str, ...] = ()
    permissions: tuple[str, ...] = ()


def grants_at(connection: Connection, location_id: str, user_ids: Iterable[str]) -> dict[str, Grants]:
    """For each of the users that has a role there, whether active or not."""
    a, here = t.assignments.c, t.location_divisions.c
    own_divisions = select(here.division_id).where(here.location_id == location_id)
    query = (
        select(a.user_id, t.roles.c.name, t.roles.c.permissions)
        .join_from(t.assignments, t.roles, t.roles.c.id == a.role_id)
        .where(a.user_id.in_(list(user_ids)))
        .where(or_(a.location_id.is_(None), a.location_id == location_id))
        .where(or_(a.division_id.is_(None), a.division_id.in_(own_divisions)))
    )
    roles: dict[str, set[str]] = {}
    permissions: dict[str, set[str]] = {}
    for user_id, role, granted in connection.execute(query):
        roles.setdefault(user_id, set()).add(role)
        permissions.setdefault(user_id, set()).update(granted)
    return {id: Grants(tuple(sorted(roles[id])), tuple(sorted(permissions[id]))) for id in roles}


def may_each(connection: Connection, permission: str, asked: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """Those of the (user id, location id) where `may` says yes, in three statements for any number of them."""
    pairs = set(asked)
    users, locations = {user for user, _ in pairs}, {location for _, location in pairs}
    a, here, u = t.assignments.c, t.location_divisions.c, t.users.c
    active = set(connection.execute(select(u.id).where(u.id.in_(users), u.active)).scalars())
    divisions: dict[str, set[str]] = {}
    works_for = select(here.location_id, here.division_id).where(here.location_id.in_(locations))
    for location_id, division_id in connection.execute(works_for):
        divisions.setdefault(location_id, set()).add(division_id)
    query = select(a.user_id, a.location_id, a.division_id, t.roles.c.permissions).join_from(t.assignments, t.roles)
    grants: dict[str, list[tuple[str | None, str | None]]] = {}
    for user_id, location_id, division_id, permissions in connection.execute(query.where(a.user_id.in_(users))):
        if permission in permissions:
            grants.setdefault(user_id, []).append((location_id, division_id))
    return {
        (user, location)
        for user, location in pairs
        if user in active
        and any(
            place in (None, location) and (division is None or division in divisions.get(location, ()))
            for place, division in grants.get(user, ())
        )
    }


def may(connection: Connection, user_id: str, permission: str, location_id: str) -> bool:
    """Whether this user is known, active, and has the permission at the location."""
    return bool(may_each(connection, permission, [(user_id, location_id)]))
