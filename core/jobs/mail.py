"""Sends what customers are told. Once: the message carries an id made of its row, and goes only while it is true.

Between the moment the mail server takes a message and our commit lies one short transaction; a worker that is killed
exactly there sends it again when its lease ends, under the same Message-ID.
"""

import io
from dataclasses import dataclass
from datetime import timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any, Final

import segno
from sqlalchemy import Connection, Table

from core.adapters.mail import MailDelayed, MailRefused, Post
from core.domain.collection import Collection
from core.domain.messages import PICTURED, render
from core.domain.own_codes import payload, receipt
from core.jobs.outside import pause
from core.service import collections, message_templates, messages
from core.service.cause import Cause
from core.store import tables as t

# 30 s, 1, 2, 4 ... minutes, then hourly: greylisting ends after some minutes, a night without mail server is survived.
FIRST_PAUSE: Final = timedelta(seconds=30)
MOST_FAILURES: Final = 14


@dataclass(frozen=True, slots=True)
class Letter:
    message: EmailMessage
    language: str


@dataclass(frozen=True, slots=True)
class Posted:
    """`error` "": it was taken. `final`: it never will be."""

    language: str
    error: str = ""
    final: bool = False


class MailDesk:
    """`sender`: the address it comes from."""

    name = "mail"
    table: Table = t.messages
    lease = timedelta(minutes=3)

    def __init__(self, post: Post, sender: str) -> None:
        self._post, self._sender = post, sender

    def prepare(self, connection: Connection, cause: Cause, row: Any) -> Letter | None:
        known = collections.load(connection, row.collection_id)
        wanted = messages.STILL.get(row.kind)
        if known is None or not known.email:
            messages.drop(connection, row, "the customer left no address")
        elif wanted is not None and known.state is not wanted:
            messages.drop(connection, row, f"it is {known.state.value} by now")
        else:
            return self._letter(connection, cause, row, known)
        return None

    def ask(self, errand: Letter) -> Posted:
        try:
            self._post.send(errand.message)
        except MailDelayed as fault:
            return Posted(errand.language, str(fault))
        except MailRefused as fault:
            return Posted(errand.language, str(fault), final=True)
        return Posted(errand.language)

    def settle(self, connection: Connection, cause: Cause, row: Any, told: Posted) -> None:
        if not told.error:
            messages.sent(connection, cause, row, told.language)
        elif told.final or row.failures + 1 >= MOST_FAILURES:
            messages.dead(connection, cause, row, told.error)
        else:
            due_at = cause.received_at + pause(row.failures + 1, FIRST_PAUSE)
            messages.put_off(connection, row, told.error, due_at)

    def _letter(self, connection: Connection, cause: Cause, row: Any, known: Collection) -> Letter | None:
        languages = message_templates.language_of(connection, known.order_id)
        found = message_templates.in_force(connection, known.division_id, row.kind, languages)
        values = message_templates.values_of(connection, known, found.language)
        filled = render(found.template, values, found.language)
        letter = EmailMessage()
        letter["Message-ID"] = f"<{row.id}@{self._sender.partition('@')[2]}>"
        letter["Date"] = format_datetime(row.made_at)
        letter["Subject"] = filled.subject
        letter["From"] = Address(values["brand"], addr_spec=self._sender)
        try:
            letter["To"] = Address(known.customer_name, addr_spec=known.email)
        except (ValueError, IndexError):
            messages.dead(connection, cause, row, "the address is none")
            return None
        letter["Auto-Submitted"] = "auto-generated"
        letter.set_content(filled.text)
        letter.add_alternative(_with_picture(filled.html, row.kind), subtype="html")
        if row.kind in PICTURED:
            (_, page) = letter.iter_parts()
            page.add_related(_qr(_code(known, row.kind)), "image", "png", cid=f"<{PICTURED[row.kind]}-code>")
        return Letter(letter, found.language)


def _with_picture(html: str, kind: str) -> str:
    if kind not in PICTURED:
        return html
    picture = f'<p><img src="cid:{PICTURED[kind]}-code" width="180" height="180" alt=""></p>'
    return html.replace("</body>", f"{picture}</body>")


def _code(known: Collection, kind: str) -> str:
    fetches = PICTURED[kind] == "pickup"
    return payload("pickup", known.pick_up_code) if fetches else receipt(known.number, known.id)


def _qr(code: str) -> bytes:
    picture = io.BytesIO()
    segno.make(code, error="m", micro=False).save(picture, kind="png", scale=6, border=4)
    return picture.getvalue()
