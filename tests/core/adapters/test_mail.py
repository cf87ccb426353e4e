import socket
import threading
from email.message import EmailMessage
from pathlib import Path

import pytest

from core.adapters.mail import MailDelayed, MailRefused, OutboxFolder, Smtp, SmtpSettings, post_of, sender_of
from core.settings import SettingInvalid
from tests.support.free_port import free_port
from tests.support.mail_server import Mailbox, mail_server


def letter(number: int = 1) -> EmailMessage:
    message = EmailMessage()
    message["Message-ID"], message["Subject"] = f"<m{number}@shop>", "Ready"
    message["From"], message["To"] = "shop@example.org", "Camille <camille@example.org>"
    message.set_content("Bonjour")
    return message


def test_a_server_takes_it_over():
    box = Mailbox()
    with mail_server(box) as post:
        post.send(letter())
    assert [one["Subject"] for one in box.taken] == ["Ready"]


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        ("550 5.1.1 <camille@example.org> unknown", MailRefused),
        ("450 4.2.0 camille@example.org greylisted", MailDelayed),
    ],
)
@pytest.mark.parametrize("place", ["recipient", "data"])
def test_no_for_ever_is_not_no_for_now_and_neither_names_the_customer(answer, fault, place):
    box = Mailbox()
    setattr(box, place, answer)
    with mail_server(box) as post, pytest.raises(fault) as told:
        post.send(letter())
    assert "camille" not in str(told.value)
    assert answer[:3] in str(told.value)
    assert told.value.__cause__ is None
    assert told.value.__suppress_context__


def test_a_server_that_dies_in_the_middle_took_nothing():
    box = Mailbox()
    box.hang_up = True
    with mail_server(box) as post, pytest.raises(MailDelayed):
        post.send(letter())
    assert box.taken == []


def test_a_slow_server_and_none_at_all_are_tried_again_later():
    box = Mailbox()
    box.slow_s = 1.0
    with mail_server(box, timeout_s=0.2) as post, pytest.raises(MailDelayed, match="too slow"):
        post.send(letter())
    with pytest.raises(MailDelayed, match="cannot be reached"):
        Smtp(SmtpSettings("127.0.0.1", free_port(), starttls=False)).send(letter())


def test_a_server_that_cannot_encrypt_is_not_spoken_to_in_the_clear():
    box = Mailbox()
    with mail_server(box) as post, pytest.raises(MailDelayed, match="does not encrypt"):
        Smtp(SmtpSettings("127.0.0.1", post.settings.port, starttls=True)).send(letter())
    assert box.taken == []


def test_who_goes_silent_after_taking_it_has_taken_it():
    """The goodbye is not waited for: the message would go twice."""

    def serve(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection, connection.makefile("rwb") as stream:
            stream.write(b"220 hi\r\n")
            stream.flush()
            for line in stream:
                word = line[:4].upper()
                if word == b"QUIT":
                    return
                answer = b"354 go\r\n" if word == b"DATA" else b"250 ok\r\n"
                if word in (b"EHLO", b"MAIL", b"RCPT", b"DATA") or line == b".\r\n":
                    stream.write(answer)
                    stream.flush()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener,))
        thread.start()
        Smtp(SmtpSettings("127.0.0.1", listener.getsockname()[1], starttls=False, timeout_s=2)).send(letter())
        thread.join(5)


def test_without_a_server_messages_are_files(tmp_path: Path):
    post = post_of({}, tmp_path / "outbox")
    assert post == OutboxFolder(tmp_path / "outbox")
    post.send(letter())
    post.send(letter())
    assert [path.name for path in (tmp_path / "outbox").iterdir()] == ["m1.eml"]


def test_settings_say_which_server_and_a_wrong_one_is_told():
    given = {"COMPTOIR_SMTP_HOST": "mx", "COMPTOIR_SMTP_PORT": "25", "COMPTOIR_SMTP_STARTTLS": "no"}
    assert post_of(given, Path()) == Smtp(SmtpSettings("mx", 25, starttls=False))
    for wrong in ({"COMPTOIR_SMTP_PORT": "x"}, {"COMPTOIR_SMTP_STARTTLS": "maybe"}):
        with pytest.raises(SettingInvalid, match=next(iter(wrong))):
            post_of(given | wrong, Path())
    assert sender_of({"COMPTOIR_MAIL_FROM": "shop@example.org"}) == "shop@example.org"
    with pytest.raises(SettingInvalid, match="COMPTOIR_MAIL_FROM"):
        sender_of({"COMPTOIR_MAIL_FROM": "shop\n@x"})
