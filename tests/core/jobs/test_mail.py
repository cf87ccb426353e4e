"""What customers are told goes once, through a real mail server that behaves badly, and through workers that die."""

import io
import logging
import re
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from PIL import Image
from pyzbar.pyzbar import decode
from sqlalchemy import update

from core.adapters.mail import MailDelayed, Post
from core.domain.collection import Collection
from core.jobs.mail import MOST_FAILURES, MailDesk
from core.jobs.outside import Outside
from core.service import collections, messages
from core.service.cause import office_cause
from core.service.customers import Customer
from core.store import tables as t
from core.store.database import Database
from tests.core.service.collect_world import events, expire, messages_of, prepared, until
from tests.core.service.delivery_world import build_delivery_world
from tests.support.core import NOW, World
from tests.support.http import Clock
from tests.support.mail_server import Mailbox, mail_server

SOON = NOW + timedelta(seconds=5)


@pytest.fixture
def world(database: Database) -> World:
    return build_delivery_world(database)


def worker(database: Database, post: Post, clock: Clock | None = None) -> Outside:
    return Outside(database, MailDesk(post, "shop@example.org"), clock or Clock(SOON))


def message_of(database: Database, collection: Collection) -> Any:
    (row,) = messages_of(database, collection.id)
    return row


def text_of(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def test_the_customer_reads_in_their_language_where_when_and_with_which_code(database: Database, world: World):
    french = Customer("C-1", "Camille", "c@example.org", "", "fr-CA")
    ready, box = prepared(database, world, customer=french), Mailbox()
    with mail_server(box) as post:
        assert [worker(database, post).turn(), worker(database, post).turn()] == [True, False]
    (told,) = box.taken
    row = message_of(database, ready)
    assert (row.state, row.language, row.sent_at) == ("sent", "fr", SOON)
    assert told["Message-ID"] == f"<{row.id}@example.org>"
    assert (told["From"], told["To"]) == ("Nord <shop@example.org>", "Camille Roche <camille@example.org>")
    text = text_of(told)
    for part in (ready.number, ready.pick_up_code, "lundi 11 mai 2026", "Lille", "1 rue, 59800 Lille"):
        assert part in text
    assert [part.get_content_type() for part in told.walk() if not part.is_multipart()] == [
        "text/plain", "text/html", "image/png",
    ]  # fmt: skip
    assert "CustomerTold" in [event.name for event in events(database, ready.order_id)]


def test_what_fetches_an_order_and_what_shows_that_it_was_fetched_come_as_pictures(database: Database, world: World):
    ready, box = prepared(database, world), Mailbox()
    with database.write() as connection:
        messages.queue(connection, office_cause(NOW), ready, "collected")
        messages.queue(connection, office_cause(NOW), ready, "expired")
    with mail_server(box) as post:
        while worker(database, post).turn():
            pass
    codes = [code.data.decode() for told in box.taken for picture in pictures_of(told) for code in decode(picture)]
    assert sorted(codes) == [f"comptoir:pickup:{ready.pick_up_code}", f"comptoir:receipt:{ready.number}"]
    for told in box.taken:
        page = told.get_body(("html",))
        assert page is not None
        named = {part["Content-ID"] for part in told.walk() if part["Content-ID"]}
        assert {f"<{cid}>" for cid in re.findall(r'"cid:([a-z-]+)"', page.get_content())} == named


def pictures_of(told: EmailMessage) -> list[Image.Image]:
    parts = [part for part in told.walk() if isinstance(part, EmailMessage) and part.get_content_type() == "image/png"]
    return [Image.open(io.BytesIO(part.get_content())) for part in parts]


def test_greylisting_is_waited_out_with_longer_and_longer_pauses(database: Database, world: World, caplog):
    ready, box, clock = prepared(database, world), Mailbox(), Clock(SOON)
    box.recipient = "450 4.2.0 camille@example.org try later"
    pauses = []
    with caplog.at_level(logging.DEBUG), mail_server(box) as post:
        for _ in range(3):
            assert worker(database, post, clock).turn()
            row = message_of(database, ready)
            pauses.append((row.due_at - clock.at).total_seconds())
            assert not worker(database, post, clock).turn()
            clock.at = row.due_at
        assert (row.state, row.failures, "for now (450)" in row.error) == ("waiting", 3, True)
        box.recipient = ""
        assert worker(database, post, clock).turn()
    assert pauses == [30, 60, 120]
    assert (len(box.taken), message_of(database, ready).state) == (1, "sent")
    of_the_server = "mail.log"
    assert not [one for one in caplog.records if "camille" in one.getMessage() and one.name != of_the_server]


def test_what_is_refused_for_ever_is_dead_and_head_office_sees_why(database: Database, world: World):
    ready, box = prepared(database, world), Mailbox()
    box.recipient = "550 5.1.1 no such camille@example.org"
    with mail_server(box) as post:
        worker(database, post).turn()
    row = message_of(database, ready)
    assert (row.state, row.due_at) == ("dead", None)
    told = next(event for event in events(database, ready.order_id) if event.name == "CustomerNotTold")
    assert told.data["error"] == "the server does not take mail for this address (550)"


def test_nobody_tries_for_ever(database: Database, world: World):
    ready, box, clock = prepared(database, world), Mailbox(), Clock(SOON)
    box.hang_up = True
    with mail_server(box) as post:
        for _ in range(MOST_FAILURES):
            assert message_of(database, ready).state == "waiting"
            assert worker(database, post, clock).turn()
            clock.at = message_of(database, ready).due_at or clock.at
    assert message_of(database, ready).state == "dead"
    assert timedelta(hours=6) < clock.at - SOON < timedelta(hours=12)


def test_nobody_is_told_what_is_not_true_any_more(database: Database, world: World):
    ready, box = prepared(database, world), Mailbox()
    with database.write() as connection:
        collections.remind(connection, office_cause(NOW), ready.id)
    expire(database, ready, until(ready))
    clock = Clock(until(ready))
    with mail_server(box) as post:
        while worker(database, post, clock).turn():
            pass
    states = {row.kind: row.state for row in messages_of(database, ready.id)}
    assert states == {"ready": "dropped", "reminder": "dropped", "expired": "sent"}
    assert len(box.taken) == 1


def test_an_address_that_is_none_is_dead_at_once(database: Database, world: World):
    ready = prepared(database, world)
    with database.write() as connection:
        connection.execute(update(t.collections).values(email="camille@example.org\r\nBcc: all@example.org"))
    box = Mailbox()
    with mail_server(box) as post:
        worker(database, post).turn()
    assert (message_of(database, ready).state, box.taken) == ("dead", [])


def test_two_workers_send_it_once(database: Database, world: World):
    ready, sent = prepared(database, world), []

    class Slow:
        def send(self, message: EmailMessage) -> None:
            sent.append(message["Message-ID"])
            assert not worker(database, self).turn()

    worker(database, Slow()).turn()
    assert (len(sent), message_of(database, ready).state) == (1, "sent")


def test_a_worker_that_slept_through_its_lease_changes_nothing(database: Database, world: World):
    ready, sent = prepared(database, world), []
    later = Clock(SOON + MailDesk.lease)

    class Asleep:
        def send(self, message: EmailMessage) -> None:
            sent.append(message["Message-ID"])
            if len(sent) == 1:
                worker(database, self, later).turn()
                raise MailDelayed("it was long ago")

    worker(database, Asleep()).turn()
    assert (sent[0] == sent[1], message_of(database, ready).state) == (True, "sent")


@pytest.mark.slow
def test_a_worker_that_is_killed_while_it_sends_loses_no_message(database: Database, world: World):
    """Killed before the server took it: it goes when the lease ends, once."""
    ready, box = prepared(database, world), Mailbox()
    box.slow_s = 30.0
    url = database.url.render_as_string(hide_password=False)
    with mail_server(box) as post:
        command = [sys.executable, "-m", "tests.core.jobs.postman", url, str(post.settings.port)]
        process = subprocess.Popen(command)
        try:
            deadline = time.monotonic() + 90
            while message_of(database, ready).tries == 0:
                assert time.monotonic() < deadline, "nobody took it"
                time.sleep(0.05)
        finally:
            process.kill()
            process.wait()
        row = message_of(database, ready)
        assert (row.state, box.taken) == ("waiting", [])
        box.slow_s = 0.0
        now = datetime.now(UTC)
        assert not worker(database, post, Clock(now)).turn()
        assert worker(database, post, Clock(now + MailDesk.lease)).turn()
    assert (len(box.taken), message_of(database, ready).state) == (1, "sent")
