"""Head office in tests: a core with a small retailer, a browser that is signed in, and what it sends."""

from functools import cache
from typing import Any

import httpx
from fastapi import FastAPI
from sqlalchemy import insert

from core.domain.permissions import ROLES, Role
from core.http.app import create_app
from core.service import sessions
from core.store import tables as t
from core.store.database import Database
from tests.support.core import NOW, World, build_world
from tests.support.http import Clock, client_of

PASSWORD = "a long password"
LILLE = {"name": "Camille Roche", "street": "3 rue Basse", "postcode": "59800", "town": "Lille", "country": "FR"}


@cache
def password_hash() -> str:
    """Made once: it is as dear as it has to be."""
    return sessions.hash_secret(PASSWORD)


class Office:
    """Head office's browser: signed in, a fresh key per write unless one is given."""

    def __init__(self, database: Database, world: World | None = None) -> None:
        self.database, self.clock = database, Clock(NOW)
        self.world: World = world or build_world(database)
        self.app: FastAPI = create_app(database, now=self.clock)
        self._keys = 0
        with database.write() as connection:
            for role, permissions in ROLES.items():
                row = {"id": role, "account_id": "acc", "name": role, "permissions": [str(p) for p in permissions]}
                connection.execute(insert(t.roles), [row])
            for login, role in (("head", str(Role.HEAD_OFFICE)), ("nobody", "")):
                user = {"id": f"usr-{login}", "account_id": "acc", "login": login, "name": login.title()}
                secret = {"password_hash": password_hash(), "created_at": NOW}
                connection.execute(insert(t.users), [user | secret])
                if role:
                    connection.execute(insert(t.assignments).values(id=login, user_id=user["id"], role_id=role))
        self.token = self.sign_in("head")

    def sign_in(self, login: str) -> str:
        made = sessions.sign_in(self.database, login, PASSWORD, self.clock.at)
        assert isinstance(made, sessions.Session)
        return made.token

    async def send(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        self._keys += 1
        given = {"Idempotency-Key": f"key-{self._keys}"} | {name.replace("_", "-"): v for name, v in headers.items()}
        async with client_of(self.app, self.token) as client:
            content = {"content": body} if isinstance(body, bytes) else {"json": body}
            return await client.request(method, path, headers=given, **content)

    async def get(self, path: str) -> Any:
        answer = await self.send("GET", path)
        assert answer.status_code == 200, answer.text
        return answer.json()


def order(**more: Any) -> dict[str, Any]:
    return {"division_id": "div-nord", "ship_to": dict(LILLE), "lines": [{"sku": "SKU-1", "quantity": 2}]} | more
