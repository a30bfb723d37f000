"""The ways to tell people: a webhook and e-mail, made from `[notify]` in frontrunner.toml."""

from __future__ import annotations

import hashlib
import hmac
import os
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

import msgspec

from frontrunner.base.config import NotifySettings
from frontrunner.base.errors import NetworkError, UsageError
from frontrunner.net.client import Content, Limits, checked, post
from frontrunner.net.mail import MailServer, send_mail
from frontrunner.ops.notify import Channel, Notice

SIGNATURE = "X-Frontrunner-Signature"
_LIMITS = Limits(seconds=15.0, size=64 * 1024, private=True)
"""An operator names the address, so it may be of the own network."""
_LOCAL = ("localhost", "127.0.0.1", "::1")


class Webhook:
    """Sends a notice as JSON with POST. Any status of 2xx means that it was taken."""

    name = "webhook"

    def __init__(self, url: str, secret: bytes, now: Callable[[], float] = time.time) -> None:
        """`secret` signs what is sent; empty sends it unsigned. Raises UsageError."""
        try:
            self._host = checked(url).netloc
        except NetworkError as error:
            raise UsageError(f"notify.webhook is not usable: {error}. Correct the URL.") from error
        self._url = url
        self._secret = secret
        self._now = now

    def send(self, notice: Notice) -> None:
        """Deliver a notice. Raises NetworkError, which names the host and not the whole URL."""
        body = msgspec.json.encode(notice)
        headers = {"User-Agent": "frontrunner"}
        if self._secret:
            headers[SIGNATURE] = signature(self._secret, body, int(self._now()))
        try:
            answer = post(self._url, Content("application/json", body), _LIMITS, headers)
        except NetworkError as error:
            # The path of a webhook is often a secret.
            raise NetworkError(f"{self._host}: {error.__cause__ or 'cannot be asked'}") from error
        if not 200 <= answer.status < 300:
            raise NetworkError(f"{self._host} answered {answer.status}")


def signature(secret: bytes, body: bytes, at: int) -> str:
    """What proves that a body is ours: `t=<seconds>,v1=<HMAC-SHA256 of "<seconds>.<body>">`."""
    digest = hmac.new(secret, b"%d." % at + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


class Mail:
    """Sends a notice as a plain e-mail."""

    name = "mail"

    def __init__(
        self, server: MailServer, sender: str, recipients: tuple[str, ...], console: str = ""
    ) -> None:
        self._server = server
        self._sender = sender
        self._recipients = recipients
        self._console = console

    def send(self, notice: Notice) -> None:
        """Deliver a notice. Raises NetworkError."""
        send_mail(self._server, self.mail(notice))

    def mail(self, notice: Notice) -> EmailMessage:
        """The e-mail that a notice becomes."""
        mail = EmailMessage()
        mail["From"] = self._sender
        mail["To"] = ", ".join(self._recipients)
        mail["Subject"] = f"[Frontrunner] {' '.join(notice.title.split())}"
        mail["Date"] = format_datetime(datetime.fromtimestamp(notice.at, UTC))
        mail["Message-ID"] = f"<{notice.id}.{int(notice.at)}@{self._sender.rpartition('@')[2]}>"
        mail["Auto-Submitted"] = "auto-generated"
        if notice.urgent:
            mail["Importance"] = "high"
        link = f"\n\nConsole: {self._console}" if self._console else ""
        mail.set_content(f"{notice.title}\n\n{notice.text}{link}\n")
        return mail


# --- from settings --------------------------------------------------------------------------------


def channels_of(settings: NotifySettings, environ: Mapping[str, str] = os.environ) -> list[Channel]:
    """The channels that are set up. Raises UsageError if a setting cannot be used."""
    found: list[Channel] = []
    if settings.webhook:
        secret = _secret("webhook_secret", settings.webhook_secret_file, environ)
        found.append(Webhook(settings.webhook, secret.encode()))
    if settings.smtp:
        found.append(_mail(settings, environ))
    return found


def _mail(settings: NotifySettings, environ: Mapping[str, str]) -> Mail:
    host, colon, port = settings.smtp.rpartition(":")
    if not colon or not host or not port.isascii() or not port.isdigit():
        raise UsageError(f"notify.smtp must be host:port, got {settings.smtp!r}.")
    host = host.removeprefix("[").removesuffix("]")
    if not settings.mail_from or not settings.mail_to:
        raise UsageError("notify.smtp needs notify.mail_from and notify.mail_to. Set both.")
    for address in (settings.mail_from, *settings.mail_to):
        if not address.isprintable() or address.count("@") != 1 or "," in address:
            raise UsageError(f"notify has an address that cannot be used: {address!r}.")
    if settings.smtp_user and settings.smtp_security == "none" and host not in _LOCAL:
        raise UsageError(
            "notify.smtp_user would send its password in clear text. Set notify.smtp_security to "
            "starttls or tls."
        )
    password = _secret("smtp_password", settings.smtp_password_file, environ)
    server = MailServer(host, int(port), settings.smtp_security, settings.smtp_user, password)
    return Mail(server, settings.mail_from, settings.mail_to, settings.console)


def _secret(name: str, file: str, environ: Mapping[str, str]) -> str:
    """A secret of the environment, or of a file; empty if there is none. Raises UsageError."""
    given = environ.get(f"FRONTRUNNER_NOTIFY_{name.upper()}", "")
    if given or not file:
        return given
    try:
        return Path(file).read_text("utf-8").strip()
    except (OSError, ValueError) as error:
        raise UsageError(f"notify.{name}_file cannot be read: {error}") from error
