import threading

import pytest
from sqlalchemy.exc import IntegrityError

from core.service.idempotency import REUSED, Kept, Key, claim, keep
from core.store.database import Database
from tests.support.core import NOW

KEY = Key("k", "ana POST /v1/orders", "hash")


def test_the_first_goes_on_the_others_get_its_answer(database: Database):
    with database.write() as connection:
        assert claim(connection, KEY, NOW) is None
        keep(connection, KEY, Kept(201, {"body": {"id": "o"}}))
    with database.write() as connection:
        assert claim(connection, KEY, NOW) == Kept(201, {"body": {"id": "o"}})
        assert claim(connection, Key("k", KEY.scope, "other"), NOW) == REUSED
        assert claim(connection, Key("k", "ben POST /v1/orders", "other"), NOW) is None


def test_work_that_is_undone_leaves_its_key_free(database: Database):
    def fail() -> None:
        with database.write() as connection:
            claim(connection, KEY, NOW)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with database.write() as connection:
        assert claim(connection, KEY, NOW) is None


def test_of_many_at_once_one_works(database: Database):
    worked: list[int] = []

    def send(number: int) -> None:
        for _ in range(3):
            try:
                with database.write() as connection:
                    if claim(connection, KEY, NOW) is None:
                        worked.append(number)
                        keep(connection, KEY, Kept(201, {}))
                return
            except IntegrityError:
                continue

    senders = [threading.Thread(target=send, args=(number,)) for number in range(6)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    with database.write() as connection:
        assert claim(connection, KEY, NOW) == Kept(201, {})
    assert len(worked) >= 1
