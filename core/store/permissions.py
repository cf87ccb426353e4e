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


def may(connection: Connection, user_id: str, permission: str, location_id: str) -> bool:
    """Whether this user is known, active, and has the permission at the location."""
    active = connection.execute(select(t.users.c.active).where(t.users.c.id == user_id)).scalar_one_or_none()
    grants = grants_at(connection, location_id, (user_id,)).get(user_id) if active else None
    return grants is not None and permission in grants.permissions
