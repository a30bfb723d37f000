"""A small mail server that behaves, or misbehaves, as a test says."""

from __future__ import annotations

import base64
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field


@dataclass
class Mailbox:
    """What a server took, and how it is."""

    port: int = 0
    mode: str = "ok"
    """`ok`, `busy` (421), `silent`, `drip`, `refuse` (recipients), `no-tls`, `cut` (after DATA)."""
    users: dict[str, str] = field(default_factory=dict)
    mails: list[str] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)


@contextmanager
def mail_server(
    context: ssl.SSLContext | None = None, *, implicit: bool = False
) -> Iterator[Mailbox]:
    """A mail server; with `context` it offers STARTTLS, or speaks TLS at once if `implicit`."""
    box = Mailbox()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        box.port = listening.getsockname()[1]

        def accept() -> None:
            while True:
                try:
                    link, _ = listening.accept()
                except OSError:
                    return
                work = _Talk(box, link, context, implicit).run
                threading.Thread(target=work, daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        yield box
        with suppress(OSError):
            listening.shutdown(socket.SHUT_RDWR)


class _Talk:
    def __init__(
        self, box: Mailbox, link: socket.socket, context: ssl.SSLContext | None, implicit: bool
    ) -> None:
        self.box = box
        self.context = context
        self.link = link
        self.link.settimeout(10)
        self.secure = False
        if implicit:
            self.upgrade()
        self.file = self.link.makefile("rb")

    def upgrade(self) -> None:
        assert self.context is not None
        self.link = self.context.wrap_socket(self.link, server_side=True)
        self.secure = True

    def say(self, text: str) -> None:
        self.link.sendall(f"{text}\r\n".encode())

    def run(self) -> None:
        with suppress(OSError, ValueError):
            self.talk()
        with suppress(OSError):
            self.file.close()
        self.link.close()

    def talk(self) -> None:
        mode = self.box.mode
        if mode == "silent":
            time.sleep(5)
            return
        if mode == "drip":
            for _ in range(100):
                self.link.sendall(b"2")
                time.sleep(0.05)
            return
        self.say("421 busy" if mode == "busy" else "220 ready")
        while line := self.file.readline():
            word, _, rest = line.decode().strip().partition(" ")
            if not self.answer(word.upper(), rest):
                return

    def answer(self, word: str, rest: str) -> bool:
        if word == "EHLO":
            self.hello()
        elif word == "STARTTLS":
            self.say("220 go")
            self.file.close()
            self.upgrade()
            self.file = self.link.makefile("rb")
        elif word == "AUTH":
            self.login(rest)
        elif word == "RCPT":
            refused = self.box.mode == "refuse" or "nobody@" in rest
            self.box.recipients += [] if refused else [rest[4:-1]]
            self.say("550 no such user" if refused else "250 ok")
        elif word == "DATA":
            return self.data()
        else:
            self.say("221 bye" if word == "QUIT" else "250 ok")
            return word != "QUIT"
        return True

    def hello(self) -> None:
        offers = ["AUTH PLAIN"] if self.box.users else []
        if self.context is not None and not self.secure and self.box.mode != "no-tls":
            offers.append("STARTTLS")
        lines = ["test", *offers]
        for number, one in enumerate(lines, 1):
            self.say(f"250{' ' if number == len(lines) else '-'}{one}")

    def login(self, rest: str) -> None:
        _, user, password = base64.b64decode(rest.partition(" ")[2]).decode().split("\0")
        self.box.logins.append(user)
        known = self.box.users.get(user) == password
        self.say("235 welcome" if known else "535 wrong password")

    def data(self) -> bool:
        self.say("354 go on")
        lines = []
        while (line := self.file.readline()) not in (b".\r\n", b""):
            lines.append(line.decode())
        if self.box.mode == "cut":
            return False
        self.box.mails.append("".join(lines))
        self.box.encrypted.append(self.secure)
        self.say("250 taken")
        return True
