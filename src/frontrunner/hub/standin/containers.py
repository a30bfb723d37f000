"""Containers that really run: those of Spaces that are a gateway, as processes of this machine.

What such a Space runs is its image's own command with the image's own settings. The addresses of
other Spaces, which names would lead to on the Hub, lead here to doors: small servers for one site.
While the next container of a Space starts, the one before serves.
"""

from __future__ import annotations

import http.client
import logging
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from frontrunner.base.atomic import write_file
from frontrunner.base.home import Home
from frontrunner.base.setting_values import variable
from frontrunner.gateway.remote_state import CONTROL_PATH
from frontrunner.http.listening import listen
from frontrunner.http.request import Receive, Scope, Send
from frontrunner.hub.shifting_space import SHIFTING_PATH, Shifting
from frontrunner.hub.standin.exchange import Ask, Reply
from frontrunner.hub.standin.live_sites import Site, Which
from frontrunner.hub.standin.running import AsgiApplication, running

log = logging.getLogger("frontrunner.hub.standin")
_STARTS_WITHIN = 90.0
"""Seconds for Envoy and the processes next to it to start, on a busy machine."""
_ENDS_WITHIN = 30.0
_VISIT = 60.0
_NOT_PASSED_ON = frozenset(
    {"connection", "keep-alive", "transfer-encoding", "content-length", "host", "date"}
)


class Door:
    """One site of a stand-in at an address of its own, as on the Hub."""

    def __init__(self, stand_in: AsgiApplication, prefix: str) -> None:
        """`prefix` is what the site's paths have before them in the stand-in."""
        self._stand_in, self._prefix = stand_in, prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        inner = dict(scope)
        if scope["type"] == "http":
            inner["path"] = f"{self._prefix}{scope['path']}"
            inner["raw_path"] = self._prefix.encode() + bytes(scope["raw_path"])
        await self._stand_in(inner, receive, send)


class Containers:
    """Starts containers when they are visited first, and ends them all with the block."""

    def __init__(self, stand_in: AsgiApplication) -> None:
        self._stand_in = stand_in
        self._lock = threading.Lock()
        self._made: dict[Which, _Container] = {}
        self._current: dict[str, tuple[Which, _Container]] = {}

    def __enter__(self) -> Containers:
        """Nothing runs yet."""
        return self

    def __exit__(self, *_: object) -> None:
        """End every container."""
        for one in self._made.values():
            one.end()

    def current(self, space: str) -> Which | None:
        """The container of a Space that answered last."""
        found = self._current.get(space)
        return found[0] if found else None

    def visit(
        self, which: Which, site: Site, secrets: Mapping[str, str], ask: Ask, path: str
    ) -> Reply:
        """The answer of a container, or while it starts of the one before."""
        with self._lock:
            if which not in self._made:
                self._made[which] = _Container(site, secrets, self._stand_in)
            container = self._made[which]
            before = self._current.get(which.space)
            if not container.is_ready() and before is not None and before[1].is_ready():
                which, container = before
        if not container.wait():
            return Reply(503, b"This Space does not start.\n", (("Content-Type", "text/plain"),))
        with self._lock:
            before = self._current.get(which.space)
            is_next = before is None or which.began > before[0].began
            if is_next:  # and not a visit that began before the next container took over
                self._current[which.space] = which, container
        if is_next and before is not None:
            threading.Thread(target=before[1].end, daemon=True).start()
        return container.answer(ask, path)


class _Container:
    """One process with the files of a commit."""

    def __init__(self, site: Site, secrets: Mapping[str, str], stand_in: AsgiApplication) -> None:
        self._site, self._secrets, self._stand_in = site, dict(secrets), stand_in
        self._ready, self._over = threading.Event(), threading.Event()
        self._port = 0
        self._thread = threading.Thread(target=self._run, name="container", daemon=True)
        self._thread.start()

    def is_ready(self) -> bool:
        """Whether it takes visitors."""
        return self._ready.is_set() and not self._over.is_set()

    def wait(self) -> bool:
        """Whether it takes visitors before long."""
        return self._ready.wait(_STARTS_WITHIN)

    def end(self) -> None:
        """End it, and wait until it has ended."""
        self._over.set()
        self._thread.join(_ENDS_WITHIN)

    def answer(self, ask: Ask, path: str) -> Reply:
        """What it answers to a visitor."""
        headers = {k: v for k, v in ask.headers.items() if k not in _NOT_PASSED_ON}
        headers |= {"host": urlsplit(ask.base).netloc, "x-forwarded-for": "127.0.0.1"}
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=_VISIT)
        try:
            connection.request(ask.method, path, ask.body or None, headers)
            found = connection.getresponse()
            body = found.read()
        except (OSError, http.client.HTTPException) as error:
            return Reply(502, f"{error}\n".encode(), (("Content-Type", "text/plain"),))
        finally:
            connection.close()
        passed = [(k, v) for k, v in found.getheaders() if k.lower() not in _NOT_PASSED_ON]
        return Reply(found.status, body, tuple(passed))

    def _run(self) -> None:
        """Until it is to end: home, doors and process; another process if that one ends."""
        with tempfile.TemporaryDirectory(prefix="space") as folder, ExitStack() as doors:
            home = Path(folder, "home")
            self._write(home, doors)
            while not self._over.is_set():
                self._port = _free_port()  # another program may have taken the one before
                with _process(home, self._environment()) as process:
                    self._watch(process)

    def _watch(self, process: subprocess.Popen[bytes]) -> None:
        while not self._over.wait(0.05) and process.poll() is None:
            if not self._ready.is_set() and self._shows_control():
                self._ready.set()

    def _shows_control(self) -> bool:
        """Whether Envoy, and the companion behind it, answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=5)
        try:
            connection.request("GET", CONTROL_PATH)
            return connection.getresponse().status == 401
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def _write(self, home: Path, doors: ExitStack) -> None:
        for path, content in self._site.files.items():
            if path.startswith("home/"):
                file = Home(home).inside(path.removeprefix("home/"))
                file.parent.mkdir(parents=True, exist_ok=True)
                write_file(file, content)
        given = msgspec.json.decode(self._site.files[SHIFTING_PATH], type=Shifting)
        old = doors.enter_context(running(Door(self._stand_in, urlsplit(given.old).path)))
        here = msgspec.structs.replace(given, old=old)
        if "home/board.json" not in self._site.files:  # of a made-up board no program can be run
            new = f"/-/tree/{self._site.repo_id}/{self._site.commit}"
            here = msgspec.structs.replace(
                here, new=doors.enter_context(running(Door(self._stand_in, new)))
            )
        write_file(Home(home).shifting, msgspec.json.encode(here))

    def _environment(self) -> dict[str, str]:
        """What the Hub gives to a container, and what Python needs here."""
        own = {k: v for k, v in os.environ.items() if not k.startswith(("FRONTRUNNER_", "HF_"))}
        listen_at = {
            variable("server", "host"): "127.0.0.1",
            variable("server", "port"): str(self._port),
        }
        return {**own, **self._site.variables, **self._secrets, **listen_at}


@contextmanager
def _process(home: Path, environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """The command of the image, ended with the block; Envoy ends with it."""
    command = [sys.executable, "-m", "frontrunner", "space", "start", "--home", str(home)]
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=said, stderr=said
        )
        try:
            yield process
        finally:
            if process.poll() is not None:
                said.seek(0)
                log.warning("a container ended by itself: %s", said.read().decode()[-2000:])
            _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(_ENDS_WITHIN)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _free_port() -> int:
    [[one]] = listen("127.0.0.1", 0)
    port = int(one.getsockname()[1])
    one.close()
    return port
