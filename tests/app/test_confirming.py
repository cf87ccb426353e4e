"""Signing in with the core's help where it answers, without it where it does not, and confirmed as soon as it does."""

from pathlib import Path

from sqlalchemy import select

from app.actions.signing_in import sign_in
from app.context import PairingRefused
from app.state.session import Identity
from app.store import grants
from app.tablet import Tablet, clock
from core.contract.grants import PairingCode
from core.service.sessions import hash_secret
from core.store import feed
from core.store import tables as t
from core.store.database import Database
from tests.support.core import sqlite_database, sqlite_template
from tests.support.paired import Pair, paired, until

__all__ = ["sqlite_database", "sqlite_template"]
PIN = "2468"


def give_pin(pair: Pair, pin: str = PIN) -> None:
    with pair.core.write() as connection:
        connection.execute(t.users.update().values(pin_hash=hash_secret(pin)))
        feed.mark(connection, feed.store_part(pair.world.lille), "user", pair.world.ana)


def granted(core: Database) -> int:
    with core.read() as connection:
        return len(connection.execute(select(t.user_grants.c.id)).all())


async def test_the_core_says_who_it_is_and_the_device_knows_the_pin_afterwards(
    sqlite_database: Database, tmp_path: Path
) -> None:
    async with paired(sqlite_database, tmp_path / "device") as pair:
        give_pin(pair)
        await until(lambda: pair.window.ui.sync.status.connection == "online")
        wrong = await pair.tablet.confirm(pair.world.ana, "0000")
        assert wrong is not None
        assert (wrong.code, wrong.params()) == ("wrong_pin", {"left": 4})
        nobody = await pair.tablet.confirm(pair.world.leo, PIN)
        assert nobody is not None
        assert nobody.code == "may_not_sign_in"
        answer = await pair.tablet.confirm(pair.world.ana, PIN)
        assert answer is not None
        assert answer.code == "signed_in"
        assert granted(pair.core) == 1
        with pair.tablet.database.read() as connection:
            assert grants.expires_at(connection, pair.world.ana) is not None
        assert sign_in(pair.tablet.database, pair.world.ana, PIN, clock()).code == "signed_in"


async def test_who_signed_in_without_the_core_is_confirmed_when_it_answers(
    sqlite_database: Database, tmp_path: Path
) -> None:
    async with paired(sqlite_database, tmp_path / "device") as pair:
        give_pin(pair)
        await until(lambda: pair.window.ui.sync.status.connection == "online")
        status = pair.tablet._engine.status
        pair.tablet._engine.status = type(status)("offline")
        assert await pair.tablet.confirm(pair.world.ana, PIN) is None
        assert granted(pair.core) == 0
        pair.window.session.user_id = pair.world.ana
        pair.tablet.try_now()
        await until(lambda: granted(pair.core) == 1)
        await until(lambda: pair.tablet._unconfirmed is None)


async def test_a_pin_is_forgotten_when_somebody_else_signs_in(sqlite_database: Database, tmp_path: Path) -> None:
    async with paired(sqlite_database, tmp_path / "device") as pair:
        pair.tablet._engine.status = type(pair.tablet._engine.status)("offline")
        await pair.tablet.confirm(pair.world.ana, PIN)
        pair.window.session.user_id = pair.world.ana
        assert pair.tablet._unconfirmed == (pair.world.ana, PIN)
        pair.window.session.user_id = ""
        assert pair.tablet._unconfirmed is None


async def test_a_manager_confirmed_here_is_given_a_code_for_another_device(
    sqlite_database: Database, tmp_path: Path
) -> None:
    async with paired(sqlite_database, tmp_path / "device") as pair:
        give_pin(pair)
        assert await pair.tablet.pairing_code(pair.world.ana) == PairingRefused("not_permitted_here")
        await until(lambda: pair.window.ui.sync.status.connection == "online")
        await pair.tablet.confirm(pair.world.ana, PIN)
        assert await pair.tablet.pairing_code(pair.world.ana) == PairingRefused("not_permitted_here")
        with pair.core.write() as connection:
            connection.execute(t.roles.update().values(permissions=["manage_devices"]))
        code = await pair.tablet.pairing_code(pair.world.ana)
        assert isinstance(code, PairingCode)
        other = Tablet(tmp_path / "other", pair.url)
        assert isinstance(await other.enrol(code.code, "Till 2"), Identity)
        await other.stop()
