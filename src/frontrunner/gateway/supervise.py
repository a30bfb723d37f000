"""Run Envoy, and keep it running: start, hot restart, start again after a kill, drain, count.

One thread looks around ten times a second. Users do not depend on it: if it is killed, Envoy goes
on with the routes that it has, and the next supervisor takes it over by a hot restart.
"""

from __future__ import annotations

import logging
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from frontrunner.base.atomic import locked, write_file
from frontrunner.base.config import GatewaySettings
from frontrunner.base.errors import FrontrunnerError, GatewayError
from frontrunner.gateway.admin import Admin
from frontrunner.gateway.binary import Envoy, find_envoy, refusal
from frontrunner.gateway.control import Gateway, parse_version
from frontrunner.gateway.counts import Counts
from frontrunner.gateway.logs import RequestLine, Tail, rotate
from frontrunner.gateway.render import Place, render_config, write_routes
from frontrunner.gateway.sides import parse_address
from frontrunner.gateway.state import ensure_salt

log = logging.getLogger("frontrunner.gateway")
_TICK = 0.1
_STARTING = 20.0
"""Seconds for Envoy to take requests after it was started."""
_DRAIN = 20.0
"""Seconds for requests that are under way when the gateway is told to stop."""
_OLD_PROCESS = 900
"""Seconds after a hot restart for streams of the old process to end by themselves."""
_LONGEST_SOCKET = 100
_OBSERVE_EVERY = 1.0


class Supervisor:
    """One gateway, run in the foreground."""

    def __init__(
        self,
        load: Callable[[], GatewaySettings],
        folder: Path,
        watched: Path,
        helpers: tuple[tuple[str, ...], ...] = (),
    ) -> None:
        self._load = load
        self._watched = watched
        self._helper_commands = helpers
        self.settings = load()
        self.place = Place(folder.absolute())
        self.counts = Counts()
        self._gateway = Gateway(self.settings, self.place.folder)
        self._requests = Tail(self.place.requests)
        self._attempts = Tail(self.place.attempts)
        self._processes: list[subprocess.Popen[bytes]] = []
        self._helpers: dict[tuple[str, ...], subprocess.Popen[bytes]] = {}
        self._helper_started: dict[tuple[str, ...], float] = {}
        self._serial = 0
        self._epoch = 0
        self._stop = threading.Event()
        self._reload = threading.Event()
        self._stamp: tuple[int, int] | None = None
        self._observed = 0.0

    # --- the life of a gateway ------------------------------------------------------------------

    def run(self, started: Callable[[str], None] = lambda _: None) -> None:
        """Run until SIGTERM or SIGINT. Raises GatewayError if Envoy refuses or another runs."""
        envoy, salt = self._prepare()
        with self._alone(), self._signals(), self._metrics():
            self._stamp = _stamp(self._watched)
            self._take_over(envoy, salt)
            started(self.settings.listen)
            try:
                while not self._stop.wait(_TICK):
                    self._tick()
            finally:
                self._drain()

    def stop(self) -> None:
        """Make `run` drain and return."""
        self._stop.set()

    def reload(self) -> None:
        """Make `run` read the settings again and restart Envoy without losing a connection."""
        self._reload.set()

    def _prepare(self) -> tuple[Envoy, str]:
        envoy = find_envoy(self.settings.envoy)
        self.place.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        longest = max(
            len(bytes(self.place.admin(9999))), len(bytes(self.place.socket("companion")))
        )
        if longest > _LONGEST_SOCKET:
            raise GatewayError(
                f"{self.place.folder} is too long a path for sockets ({longest} bytes of at most "
                f"{_LONGEST_SOCKET}). Set gateway.state to a shorter folder."
            )
        salt = ensure_salt(self.place.folder, self.settings.salt)
        self._write(envoy, salt)
        return envoy, salt

    def _write(self, envoy: Envoy, salt: str) -> Path:
        """The configuration of the next start. Raises GatewayError if Envoy refuses it."""
        serial = self._serial + 1
        config = self.place.folder / f"envoy-{serial}.yaml"
        state = self._gateway.kept()
        checked = self.place.folder / "check.yaml"
        text = render_config(self.settings, salt, self.place.folder, serial, state)
        write_file(checked, text.encode(), mode=0o600)
        why = refusal(envoy, checked)
        if why:
            raise GatewayError(f"Envoy refuses {checked}: {why}")
        text = render_config(self.settings, salt, self.place.folder, serial)
        write_file(config, text.encode(), mode=0o600)
        write_routes(self.settings, state, self.place.folder)
        return config

    @contextmanager
    def _alone(self) -> Iterator[None]:
        try:
            with locked(self.place.folder / "run.lock"):
                yield
        except BlockingIOError as error:
            raise GatewayError(
                f"Another gateway runs in {self.place.folder}. Stop it first, or reload it with "
                "SIGHUP."
            ) from error

    @contextmanager
    def _signals(self) -> Iterator[None]:
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        handlers = {
            signal.SIGTERM: lambda *_: self.stop(),
            signal.SIGINT: lambda *_: self.stop(),
            signal.SIGHUP: lambda *_: self.reload(),
        }
        before = {number: signal.signal(number, how) for number, how in handlers.items()}
        try:
            yield
        finally:
            for number, how in before.items():
                signal.signal(number, how)

    @contextmanager
    def _metrics(self) -> Iterator[None]:
        if not self.settings.metrics:
            yield
            return
        from prometheus_client import start_http_server  # noqa: PLC0415

        address = parse_address("gateway.metrics", self.settings.metrics)
        try:
            server, thread = start_http_server(
                address.port, address.host, registry=self.counts.registry
            )
        except OSError as error:
            raise GatewayError(
                f"Metrics cannot be served on {address}: {error.strerror or error}. Set "
                "gateway.metrics to another address, or to an empty text."
            ) from error
        try:
            yield
        finally:
            server.shutdown()
            server.server_close()
            thread.join()

    # --- Envoy --------------------------------------------------------------------------------

    def _take_over(self, envoy: Envoy, salt: str) -> None:
        """Start Envoy; if one that lost its supervisor runs, take its connections over."""
        orphan = self._orphan()
        if orphan is None:
            for left_over in self.place.folder.glob("admin-*.sock"):
                left_over.unlink(missing_ok=True)
            self._start(envoy, salt, "first")
            return
        info = msgspec.json.decode(orphan.get("/server_info"))["command_line_options"]
        self._serial = int(orphan.path.stem.removeprefix("admin-"))
        self._epoch = int(info.get("restart_epoch", 0)) + 1
        self._start(envoy, salt, "taken over", base_id=str(info["base_id"]))

    def _orphan(self) -> Admin | None:
        try:
            return self._gateway.admin()
        except GatewayError:
            return None

    def _start(self, envoy: Envoy, salt: str, why: str, base_id: str | None = None) -> None:
        config = self._write(envoy, salt)
        self._serial += 1
        base_file = self.place.folder / "base-id"
        if base_id is None:
            self._epoch = 0
            identity = ["--use-dynamic-base-id", "--base-id-path", str(base_file)]
        else:
            write_file(base_file, base_id.encode())
            identity = ["--base-id", base_id, "--restart-epoch", str(self._epoch)]
        threads = ["--concurrency", str(self.settings.concurrency)]
        command = [
            str(envoy.path), "-c", str(config), *identity,
            *(threads if self.settings.concurrency else []),
            "--log-level", "warning", "--log-path", str(self.place.folder / "envoy.log"),
            "--drain-time-s", "30", "--parent-shutdown-time-s", str(_OLD_PROCESS),
            "--file-flush-interval-msec", "500",
        ]  # fmt: skip
        self._processes.append(
            subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)
        )
        self.counts.restarts.labels(why).inc()
        self._wait_until_live()
        for other in self.place.folder.glob("envoy-*.yaml"):
            if other != config:
                other.unlink(missing_ok=True)

    def _wait_until_live(self) -> None:
        admin, process = Admin(self.place.admin(self._serial)), self._processes[-1]
        until = time.monotonic() + _STARTING
        while time.monotonic() < until:
            if admin.is_live():
                return
            if process.poll() is not None:
                break
            time.sleep(0.02)
        raise GatewayError(f"Envoy did not start ({self._last_words()}).")

    def _last_words(self) -> str:
        try:
            lines = (self.place.folder / "envoy.log").read_text("utf-8", "replace").splitlines()
        except OSError:
            return "it wrote no log"
        return lines[-1][-500:] if lines else "its log is empty"

    def _restart_hot(self) -> None:
        """Start a new Envoy with the settings of now; the old one gives it its sockets and drains.

        If the settings or Envoy refuse, the old one goes on and the log says why.
        """
        try:
            self.settings = self._load()
            self._gateway = Gateway(self.settings, self.place.folder)
            envoy = find_envoy(self.settings.envoy)
            salt = ensure_salt(self.place.folder, self.settings.salt)
            base_id = (self.place.folder / "base-id").read_text().strip()
            self._epoch += 1
            self._start(envoy, salt, "reloaded", base_id)
        except (FrontrunnerError, OSError) as error:
            log.error("the gateway goes on as before: %s", error)
            if len(self._processes) > 1 and self._processes[-1].poll() is not None:
                self._processes.pop()
                self._epoch -= 1
        else:
            log.warning("Envoy was restarted with the settings of now")

    def _revive(self) -> None:
        """Start Envoy again after it died."""
        code = self._processes[-1].returncode
        log.error("Envoy ended with %s and is started again: %s", code, self._last_words())
        self._processes = [one for one in self._processes if one.poll() is None]
        try:
            envoy = find_envoy(self.settings.envoy)
            salt = ensure_salt(self.place.folder, self.settings.salt)
            self._start(envoy, salt, "died")
        except (GatewayError, OSError) as error:
            log.error("Envoy could not be started, the next attempt follows: %s", error)
            self._stop.wait(1.0)

    # --- looking around -------------------------------------------------------------------------

    def _tick(self) -> None:
        if self._processes[-1].poll() is not None:
            self._revive()
        self._processes = [one for one in self._processes if one.poll() is None] or [
            self._processes[-1]
        ]
        self._keep_helpers()
        stamp = _stamp(self._watched)
        if self._reload.is_set() or stamp != self._stamp:
            self._reload.clear()
            self._stamp = stamp
            self._restart_hot()
        self._count()

    def _count(self) -> None:
        for request in self._requests.decoded(RequestLine):
            self.counts.request(request)
        for attempt in self._attempts.attempts():
            self.counts.attempt(attempt)
        unread = self._requests.unreadable + self._attempts.unreadable
        self._requests.unreadable = self._attempts.unreadable = 0
        self.counts.unreadable.inc(unread)
        if time.monotonic() - self._observed < _OBSERVE_EVERY:
            return
        self._observed = time.monotonic()
        admin = Admin(self.place.admin(self._serial))
        try:
            seen = parse_version(admin.routes_version())
            self.counts.observe(self._gateway.kept(), seen, admin.hosts())
            write_file(self.place.folder / "totals.json", msgspec.json.encode(self.counts.totals()))
            rotate(
                [self.place.requests, self.place.attempts, self.place.folder / "envoy.log"],
                admin,
                self.settings.log_megabytes * 1_000_000,
            )
        except (GatewayError, OSError, msgspec.DecodeError) as error:
            self.counts.share_seen.set(-1)
            log.warning("Envoy could not be asked: %s", error)

    def _keep_helpers(self) -> None:
        """Run the processes beside Envoy; one that ends is started again a second later."""
        for command in self._helper_commands:
            process = self._helpers.get(command)
            if process is not None and process.poll() is None:
                continue
            if time.monotonic() - self._helper_started.get(command, -9.0) < 1.0:
                continue
            if process is not None:
                log.error("%s ended with %s and is started again", command[-1], process.returncode)
            self._helper_started[command] = time.monotonic()
            self._helpers[command] = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, start_new_session=True
            )

    # --- the end --------------------------------------------------------------------------------

    def _drain(self) -> None:
        """Take no new connections, let requests under way end, then stop everything."""
        admin = Admin(self.place.admin(self._serial))
        try:
            admin.post("/drain_listeners?graceful&skip_exit")
            until = time.monotonic() + _DRAIN
            while time.monotonic() < until and self._active(admin):
                time.sleep(_TICK)
        except GatewayError as error:
            log.warning("Envoy could not be drained: %s", error)
        for process in (*self._processes, *self._helpers.values()):
            process.terminate()
        for process in (*self._processes, *self._helpers.values()):
            try:
                process.wait(5.0)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._requests.close()
        self._attempts.close()

    def _active(self, admin: Admin) -> bool:
        return sum(admin.stats(r"^http\.users\.downstream_rq_active$").values()) > 0


def _stamp(path: Path) -> tuple[int, int] | None:
    """What changes when a file is replaced or written; None if there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ino
