"""A webhook and e-mail, through a real server of each."""

from __future__ import annotations

import hashlib
import hmac
import re
import socket
from email import message_from_string
from email.header import decode_header, make_header
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontrunner.base.config import NotifySettings
from frontrunner.base.errors import NetworkError, UsageError
from frontrunner.net.mail import MailServer
from frontrunner.ops.channels import SIGNATURE, Mail, Webhook, channels_of, signature
from frontrunner.ops.notify import Notice
from tests.net.hosts import host, ok, redirect
from tests.net.smtp import mail_server

NOTICE = Notice(
    id="ledger-57",
    at=1_795_000_000.0,
    kind="rolled_back",
    title="Rolled back: 失败率",
    text="success: 31 of 900\nEverybody is on the old board.",
    urgent=True,
)


def taken(raw: bytes) -> tuple[str, dict[str, str], bytes]:
    head, _, body = raw.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    pairs = (line.split(": ", 1) for line in lines)
    return first, {name.lower(): value for name, value in pairs}, body


def whole(link: socket.socket, asked: list[bytes]) -> None:
    """Read on until the body is there: the head and the body may come apart."""
    while int(taken(asked[-1])[1]["content-length"]) > len(taken(asked[-1])[2]):
        asked[-1] += link.recv(65536)
    link.sendall(ok(b""))


def test_a_webhook_gets_the_notice_and_can_check_who_sent_it() -> None:
    asked: list[bytes] = []
    with host(lambda link: whole(link, asked), asked) as url:
        Webhook(f"{url}/hook?x=1", b"key", now=lambda: 99.9).send(NOTICE)
    first, headers, body = taken(asked[0])
    assert first == "POST /hook?x=1 HTTP/1.1"
    assert headers["content-type"] == "application/json"
    assert msgspec.json.decode(body, type=Notice) == NOTICE
    expected = hmac.new(b"key", b"99." + body, hashlib.sha256).hexdigest()
    assert headers[SIGNATURE.lower()] == f"t=99,v1={expected}" == signature(b"key", body, 99)


def test_without_a_key_nothing_is_signed() -> None:
    asked: list[bytes] = []
    with host(lambda link: whole(link, asked), asked) as url:
        Webhook(url, b"").send(NOTICE)
    assert SIGNATURE.lower() not in taken(asked[0])[1]


@pytest.mark.parametrize("status", [b"400 Bad Request", b"500 Oops", b"100 Odd"])
def test_only_a_2xx_means_that_it_was_taken(status: bytes) -> None:
    answer = b"HTTP/1.1 " + status + b"\r\nContent-Length: 0\r\n\r\n"
    with host(answer) as url, pytest.raises(NetworkError):
        Webhook(url, b"").send(NOTICE)


def test_a_redirect_is_not_followed() -> None:
    asked: list[bytes] = []
    with (
        host(ok(b""), asked) as elsewhere,
        host(redirect(elsewhere)) as url,
        pytest.raises(NetworkError, match="answered 302"),
    ):
        Webhook(url, b"key").send(NOTICE)
    assert asked == []


def test_the_error_names_the_host_and_not_the_secret_path() -> None:
    with host(ok(b"")) as url:
        pass
    with pytest.raises(NetworkError) as error:
        Webhook(f"{url}/T0/B0/secret?key=secret", b"").send(NOTICE)
    assert url.removeprefix("http://") in str(error.value)
    assert "secret" not in str(error.value)


def test_a_mail_says_what_happened() -> None:
    with mail_server() as box:
        server = MailServer("127.0.0.1", box.port, "none", seconds=5)
        channel = Mail(server, "board@example.org", ("a@example.org", "b@example.org"), "http://c/")
        channel.send(NOTICE)
    found = message_from_string(box.mails[0])
    assert str(make_header(decode_header(found["Subject"]))) == f"[Frontrunner] {NOTICE.title}"
    assert found["To"] == "a@example.org, b@example.org"
    assert found["Importance"] == "high"
    assert "ledger-57" in found["Message-ID"]
    payload = found.get_payload(decode=True)
    assert isinstance(payload, bytes)
    assert "success: 31 of 900" in payload.decode()
    assert "Console: http://c/" in payload.decode()


@given(st.text(), st.text())
def test_no_notice_can_add_a_header(title: str, text: str) -> None:
    channel = Mail(MailServer("127.0.0.1", 1), "a@b", ("c@d",))
    made = channel.mail(msgspec.structs.replace(NOTICE, title=title, text=text))
    head = made.as_bytes().decode("ascii", "surrogateescape").partition("\n\n")[0]
    names = re.findall(r"^([\w-]+):", head, re.MULTILINE)
    assert sorted(names) == sorted(made.keys())
    assert "Bcc" not in names


# --- settings -------------------------------------------------------------------------------------

MAIL: dict[str, Any] = {"smtp": "mail.example.org:587", "mail_from": "a@b", "mail_to": ("c@d",)}


def test_without_settings_nobody_is_told() -> None:
    assert channels_of(NotifySettings(), {}) == []


def test_secrets_come_from_the_environment_or_a_file(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("from the file\n")
    settings = NotifySettings(
        webhook="https://a/b", webhook_secret_file=str(file), smtp_user="ada", **MAIL
    )
    for environ, expected in (
        ({}, b"from the file"),
        ({"FRONTRUNNER_NOTIFY_WEBHOOK_SECRET": "from outside"}, b"from outside"),
    ):
        webhook, mail = channels_of(settings, environ)
        assert isinstance(webhook, Webhook)
        assert isinstance(mail, Mail)
        assert webhook._secret == expected


@pytest.mark.parametrize(
    "wrong",
    [
        {"webhook": "ftp://a"},
        {"webhook": "https://user:password@a/"},
        {"webhook": "https://a", "webhook_secret_file": "/no/such/file"},
        {**MAIL, "smtp": "mail.example.org"},
        {**MAIL, "smtp": "mail.example.org:x"},
        {**MAIL, "mail_to": ()},
        {**MAIL, "mail_from": ""},
        {**MAIL, "mail_to": ("a@b\nBcc: c@d",)},
        {**MAIL, "mail_to": ("nobody",)},
        {**MAIL, "smtp_security": "none", "smtp_user": "ada"},
        {**MAIL, "smtp_user": "ada", "smtp_password_file": "/no/such/file"},
    ],
)
def test_a_setting_that_cannot_work_is_refused_at_once(wrong: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="notify"):
        channels_of(NotifySettings(**wrong), {})


def test_a_password_in_clear_text_stays_on_this_machine() -> None:
    local = {**MAIL, "smtp": "127.0.0.1:25", "smtp_security": "none", "smtp_user": "ada"}
    assert len(channels_of(NotifySettings(**local), {})) == 1
