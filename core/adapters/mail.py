"""How mail leaves the core: through an SMTP server, or into a folder where nobody set one up (a sandbox).

A fault says in words what to do next and never names the customer: it goes into logs and to head office.
"""

import smtplib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Final, Protocol

from core.settings import SettingInvalid

TIMEOUT_S: Final = 10.0


class MailDelayed(Exception):
    """It may be accepted later."""


class MailRefused(Exception):
    """It will never be accepted as it is."""


class Post(Protocol):
    def send(self, message: EmailMessage) -> None:
        """Returns when somebody took it over. Raises MailDelayed, MailRefused."""


@dataclass(frozen=True, slots=True)
class SmtpSettings:
    """`user` "": without signing in. `starttls`: else in the clear, for a server of the same house."""

    host: str
    port: int = 587
    starttls: bool = True
    user: str = ""
    password: str = ""
    timeout_s: float = TIMEOUT_S


@dataclass(frozen=True, slots=True)
class Smtp:
    settings: SmtpSettings

    def send(self, message: EmailMessage) -> None:
        try:
            self._send(message)
        except smtplib.SMTPRecipientsRefused as fault:
            code = next(iter(fault.recipients.values()))[0]
            raise _answer(code, "the server does not take mail for this address") from None
        except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as fault:
            raise _answer(fault.smtp_code, "the server does not take this message") from None
        except smtplib.SMTPAuthenticationError as fault:
            raise MailDelayed(f"the server does not know our name and password ({fault.smtp_code})") from None
        except smtplib.SMTPServerDisconnected as fault:
            # The library calls a server that says nothing disconnected.
            slow = "timed out" in str(fault)
            words = "is too slow" if slow else "hung up before it took the message"
            raise MailDelayed(f"the server {words}") from None
        except smtplib.SMTPResponseException as fault:
            raise MailDelayed(f"the server is not ready ({fault.smtp_code})") from None
        except smtplib.SMTPNotSupportedError:
            raise MailDelayed("the server does not encrypt or does not let anybody sign in") from None
        except TimeoutError:
            raise MailDelayed("the server is too slow") from None
        except (OSError, smtplib.SMTPException) as fault:
            raise MailDelayed(f"the server cannot be reached ({type(fault).__name__})") from None

    def _send(self, message: EmailMessage) -> None:
        s = self.settings
        client = smtplib.SMTP(s.host, s.port, timeout=s.timeout_s)
        try:
            if s.starttls:
                client.starttls(context=ssl.create_default_context())
            if s.user:
                client.login(s.user, s.password)
            client.send_message(message)
        except BaseException:
            client.close()
            raise
        # It is taken over: a server that dies before it says goodbye changes nothing about that.
        try:
            client.quit()
        except (OSError, smtplib.SMTPException):
            client.close()


def _answer(code: int, words: str) -> MailDelayed | MailRefused:
    return MailRefused(f"{words} ({code})") if code >= 500 else MailDelayed(f"{words} for now ({code})")


@dataclass(frozen=True, slots=True)
class OutboxFolder:
    """Every message is a file that mail programs open; the same message again is the same file."""

    folder: Path

    def send(self, message: EmailMessage) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        name = str(message["Message-ID"]).strip("<>").partition("@")[0]
        unfinished = self.folder / f".{name}"
        unfinished.write_bytes(message.as_bytes())
        unfinished.replace(self.folder / f"{name}.eml")


def post_of(environment: Mapping[str, str], folder: Path) -> Post:
    """COMPTOIR_SMTP_HOST, _PORT, _STARTTLS, _USER, _PASSWORD; without a host the folder. Raises SettingInvalid."""
    host = environment.get("COMPTOIR_SMTP_HOST", "")
    if not host:
        return OutboxFolder(folder)
    port, tls = environment.get("COMPTOIR_SMTP_PORT", "587"), environment.get("COMPTOIR_SMTP_STARTTLS", "yes")
    if not port.isdigit() or not 0 < int(port) <= 65_535:
        raise SettingInvalid(f"COMPTOIR_SMTP_PORT is no port: {port!r}")
    if tls not in ("yes", "no"):
        raise SettingInvalid(f"COMPTOIR_SMTP_STARTTLS is yes or no: {tls!r}")
    user, password = environment.get("COMPTOIR_SMTP_USER", ""), environment.get("COMPTOIR_SMTP_PASSWORD", "")
    return Smtp(SmtpSettings(host, int(port), tls == "yes", user, password))


def sender_of(environment: Mapping[str, str]) -> str:
    """COMPTOIR_MAIL_FROM: an address; its brand is put before it."""
    address = environment.get("COMPTOIR_MAIL_FROM", "comptoir@localhost")
    if address.count("@") != 1 or any(letter in address for letter in " <>\r\n,;"):
        raise SettingInvalid(f"COMPTOIR_MAIL_FROM is no address: {address!r}")
    return address
