"""E-mail: encrypted or not sent, within the deadline, and an error says what the server said."""

from __future__ import annotations

import ssl
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import trustme

from frontrunner.base.errors import NetworkError
from frontrunner.net.mail import MailServer, send_mail
from tests.net.smtp import Mailbox, mail_server

SECRET, WRONG = "correct horse", "hunter2"


def mail(to: str = "ops@example.org") -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "board@example.org", to, "Grüße"
    made.set_content("one\n.two\nthree")
    return made


def plain(box: Mailbox, **options: Any) -> MailServer:
    return MailServer("127.0.0.1", box.port, "none", seconds=5)._replace(**options)


@pytest.fixture
def secure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


def test_a_mail_arrives_whole() -> None:
    with mail_server() as box:
        send_mail(plain(box), mail("a@example.org, b@example.org"))
    assert box.recipients == ["a@example.org", "b@example.org"]
    [found] = box.mails
    assert "..two" in found
    assert box.encrypted == [False]


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_it_is_encrypted_before_the_password_is_sent(secure: ssl.SSLContext, security: str) -> None:
    with mail_server(secure, implicit=security == "tls") as box:
        box.users["ada"] = SECRET
        send_mail(plain(box, security=security, user="ada", password=SECRET), mail())
    assert box.encrypted == [True]
    assert box.logins == ["ada"]


@pytest.mark.parametrize("mode", ["no-tls", "ok"])
def test_without_a_trusted_certificate_nothing_is_sent(tmp_path: Path, mode: str) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    with mail_server(context) as box:
        box.mode = mode
        box.users["ada"] = SECRET
        with pytest.raises(NetworkError, match=r"STARTTLS|certificate"):
            send_mail(plain(box, security="starttls", user="ada", password=SECRET), mail())
    assert (box.mails, box.logins) == ([], [])


@pytest.mark.parametrize(
    ("mode", "text"),
    [
        ("busy", "421 busy"),
        ("refuse", "refused ops@example.org"),
        ("cut", "closed"),
        ("silent", r"within 0\.4 seconds"),
        ("drip", r"within 0\.4 seconds"),
    ],
)
def test_what_fails_is_said(mode: str, text: str) -> None:
    with mail_server() as box:
        box.mode = mode
        seconds = 0.4 if "within" in text else 5
        with pytest.raises(NetworkError, match=text):
            send_mail(plain(box, seconds=seconds), mail())


def test_a_wrong_password_is_said_and_not_repeated() -> None:
    with mail_server() as box:
        box.users["ada"] = "right"
        with pytest.raises(NetworkError, match="535 wrong password") as error:
            send_mail(plain(box, user="ada", password=WRONG), mail())
    assert WRONG not in str(error.value)


def test_some_recipients_refused_is_not_delivered_to_all() -> None:
    with mail_server() as box, pytest.raises(NetworkError, match=r"refused nobody@example\.org"):
        send_mail(plain(box), mail("a@example.org, nobody@example.org"))
    assert box.recipients == ["a@example.org"]


def test_no_server_is_said() -> None:
    with mail_server() as box:
        pass
    with pytest.raises(NetworkError, match=rf"127\.0\.0\.1:{box.port}"):
        send_mail(plain(box), mail())
