"""A real SMTP server in a thread of the test, which can be told to behave badly."""

import asyncio
import email
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

from core.adapters.mail import Smtp, SmtpSettings
from tests.support.free_port import free_port


class Mailbox:
    """`recipient`, `data`: what it answers ("": takes it). `hang_up`: dies in the middle of the message.
    `slow_s`: waits that long first. `taken`: what it took over, in order.
    """

    def __init__(self) -> None:
        self.taken: list[EmailMessage] = []
        self.recipient = self.data = ""
        self.hang_up, self.slow_s = False, 0.0

    async def handle_RCPT(self, server: SMTP, session: Any, envelope: Any, address: str, options: Any) -> str:
        await asyncio.sleep(self.slow_s)
        if self.recipient:
            return self.recipient
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:
        if self.hang_up:
            if server.transport is not None:
                server.transport.close()
            return "421 dying"
        if self.data:
            return self.data
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        self.taken.append(message)
        return "250 taken"


@contextmanager
def mail_server(mailbox: Mailbox, timeout_s: float = 5.0) -> Iterator[Smtp]:
    """A post that delivers into the mailbox."""
    controller = Controller(mailbox, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        yield Smtp(SmtpSettings("127.0.0.1", controller.port, starttls=False, timeout_s=timeout_s))
    finally:
        controller.stop()
