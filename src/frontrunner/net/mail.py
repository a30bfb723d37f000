"""Send one e-mail through an SMTP server, within one deadline."""

from __future__ import annotations

import smtplib
import socket
import ssl
import time
from email.message import EmailMessage
from typing import Any, Literal, NamedTuple

from frontrunner.base.errors import NetworkError
from frontrunner.net.addresses import resolve
from frontrunner.net.deadlines import Guard, connect, deadline

Security = Literal["starttls", "tls", "none"]


class MailServer(NamedTuple):
    """A server that takes e-mail, and what it may take of our time."""

    host: str
    port: int
    security: Security = "starttls"
    """`starttls` never goes on in clear text if the server does not offer TLS."""
    user: str = ""
    """Empty sends without logging in."""
    password: str = ""
    seconds: float = 30.0
    """For the whole exchange."""


def send_mail(server: MailServer, mail: EmailMessage) -> None:
    """Send an e-mail to all of its recipients.

    Raises NetworkError if it is not known to be sent, or not to all of them.
    """
    until = time.monotonic() + server.seconds
    try:
        with deadline(until, server.seconds) as guard:
            refused = _sent(server, mail, until, guard)
    except (OSError, smtplib.SMTPException, ValueError) as error:
        raise NetworkError(f"{server.host}:{server.port}: {_text(error)}") from error
    if refused:
        raise NetworkError(f"{server.host}:{server.port} refused {', '.join(sorted(refused))}")


def _sent(server: MailServer, mail: EmailMessage, until: float, guard: Guard) -> list[str]:
    """Send it; the recipients that the server refused while it took others."""
    with _Session(server, until, guard) as session:
        session.ehlo_or_helo_if_needed()
        if server.security == "starttls":
            session.starttls(context=ssl.create_default_context())
            session.ehlo()
        if server.user:
            session.login(server.user, server.password)
        return list(session.send_message(mail))


class _Session(smtplib.SMTP):
    """An SMTP connection that the guard of a deadline can close."""

    def __init__(self, server: MailServer, until: float, guard: Guard) -> None:
        self._server = server
        self._until = until
        self._guard = guard
        # The name of this machine without asking a name server, which might take long.
        super().__init__(server.host, server.port, socket.gethostname() or "localhost")

    def connect(
        self, host: str = "localhost", port: int = 0, source_address: Any = None
    ) -> tuple[int, bytes]:
        """Open the connection and read the greeting."""
        left = self._until - time.monotonic()
        link = connect(resolve(host, port, left, private=True), port, self._until)
        self._guard.watch(link)
        if self._server.security == "tls":
            link = ssl.create_default_context().wrap_socket(link, server_hostname=host)
        self.sock = link
        self.file = None
        return self.getreply()


def _text(error: Exception) -> str:
    """What went wrong. The server's words come as bytes, and never with the password."""
    if isinstance(error, smtplib.SMTPResponseException):
        words = error.smtp_error
        said = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
        return f"{error.smtp_code} {said}"
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return f"refused {', '.join(sorted(error.recipients))}"
    return str(error) or repr(error)
