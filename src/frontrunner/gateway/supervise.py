"""Run Envoy, and keep it running: start, hot restart, start again after a kill, drain, count.

One thread checks ten times a second. Users do not depend on it: if it is killed, Envoy goes
on with the routes that it has, and the next supervisor takes it over by a hot restart.
"""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import msgspec

from frontrunner.base.atomic import FileStamp, file_stamp, locked, write_file
from frontrunner.base.errors import (
    FrontrunnerError,
    GatewayError,
    NetworkError,
    WrongSettingError,
)
from frontrunner.base.gateway_settings import GatewaySettings
from frontrunner.gateway.admin import Admin, Host
from frontrunner.gateway.control import Gateway, parse_version
from frontrunner.gateway.counts import Counts
from frontrunner.gateway.envoys import Envoys
from frontrunner.gateway.helpers import Helpers
from frontrunner.gateway.logs import LOGS, AttemptLine, RequestLine, Tail, rotate
from frontrunner.gateway.render import Place
from frontrunner.gateway.shadow.tally import TALLY, read_tally
from frontrunner.gateway.sides import listen_address, parse_address, sides
from frontrunner.net.certificate import expiry
from frontrunner.net.silence import is_silent

log = logging.getLogger("frontrunner.gateway")
_TICK = 0.1
_DRAIN = 20.0
"""Seconds for requests that are under way when the gateway is stopped."""
_OBSERVE_EVERY = 1.0
_HUNG = 20.0
"""Seconds for which Envoy may answer nothing; that it does so is noticed 10 s after it begins."""
_PROBE = 5.0
"""Seconds for Envoy to answer a user then."""


class Supervisor:
    """One gateway, run in the foreground."""

    def __init__(
        self,
        load: Callable[[], GatewaySettings],
        folder: Path,
        watched: Path,
        helpers: Mapping[str, tuple[str, ...]] | None = None,
        accepted: Callable[[], None] = lambda: None,
    ) -> None:
        """`accepted` is called whenever Envoy has started with what `load` gave."""
        self._load = load
        self._accepted = accepted
        self._watched = watched
        self.settings = load()
        self.place = Place(folder.absolute())
        self.counts = Counts()
        self._gateway = Gateway(self.settings, self.place.folder)
        self._requests = Tail(self.place.requests)
        self._attempts = Tail(self.place.attempts)
        self._envoys = Envoys(self.place)
        self._helpers = Helpers(helpers or {}, self.place.folder)
        self._stop = threading.Event()
        self._reload = threading.Event()
        self._stamp: FileStamp | None = None
        self._observed = 0.0
        self._silent_since: float | None = None
        self._health: dict[tuple[str, str], str] = {}
        self._said_waiting = False
        self._said = ""

    # --- the life of a gateway ------------------------------------------------------------------

    def run(self, started: Callable[[str], None] = lambda _: None) -> None:
        """Run until SIGTERM or SIGINT. Raises GatewayError if Envoy refuses or another runs."""
        sides(self.settings)  # before a folder is made, maybe of a mistyped home
        self._envoys.make_folder()
        with self._alone(), self._signals(), self._metrics():
            self._stamp = file_stamp(self._watched)
            self.counts.restarts.labels(self._begin()).inc()
            self._look_at_settings()
            started(self.settings.listen)
            try:
                while not self._stop.wait(_TICK):
                    self._look_around()
                self._drain()  # not after a fault: Envoy then goes on without a supervisor
            finally:
                self._requests.close()
                self._attempts.close()

    def _begin(self) -> str:
        """Start Envoy; returns why. Raises GatewayError if it cannot be."""
        try:
            self._envoys.check(self.settings)
            return self._envoys.begin(self.settings)
        except OSError as error:
            raise self._unwritable(error) from error

    def stop(self) -> None:
        """Make `run` drain and return."""
        self._stop.set()

    def reload(self) -> None:
        """Make `run` read the settings again and restart Envoy without losing a connection."""
        self._reload.set()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with ExitStack() as stack:
            try:
                stack.enter_context(locked(self.place.folder / "run.lock"))
            except BlockingIOError as error:
                raise GatewayError(
                    f"Another gateway runs in {self.place.folder}. Stop it first, or reload it "
                    "with SIGHUP."
                ) from error
            except OSError as error:
                raise self._unwritable(error) from error
            yield

    def _unwritable(self, error: OSError) -> GatewayError:
        return GatewayError(
            f"{self.place.folder} cannot be written: {error}. Free disk space or fix the "
            "permissions, then start the gateway again. A running Envoy is not affected."
        )

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

        address = parse_address("metrics", self.settings.metrics)
        try:
            server, thread = start_http_server(
                address.port, address.host, registry=self.counts.registry
            )
        except OSError as error:
            raise WrongSettingError(
                "metrics",
                f"is {address}, where metrics cannot be served: {error.strerror or error}. Set it "
                "to another address, or to an empty text.",
            ) from error
        try:
            yield
        finally:
            server.shutdown()
            server.server_close()
            thread.join()

    # --- Envoy --------------------------------------------------------------------------------

    def _restart_hot(self) -> None:
        """Restart Envoy with the settings of now; if they are refused, it goes on as before."""
        try:
            settings = self._load()
            self._envoys.reload(settings)
        except (FrontrunnerError, OSError) as error:
            log.error("the gateway continues unchanged: %s (settings of %s)", error, self._watched)
            self._envoys.follow(self.settings)
            return
        self.settings = settings
        self._gateway = Gateway(settings, self.place.folder)
        self.counts.restarts.labels("reloaded").inc()
        self._look_at_settings()
        log.warning("Envoy was restarted with the current settings")

    def _look_at_settings(self) -> None:
        """Note what Envoy has started with."""
        self._look_at_certificate()
        try:
            self._accepted()
        except (FrontrunnerError, OSError) as error:
            log.warning("the settings could not be copied for a rollback: %s", error)

    def _look_at_certificate(self) -> None:
        """Note when it ends. The end is logged; no response reports it."""
        if not self.settings.tls_certificate:
            return
        try:
            until = expiry(self.settings.tls_certificate, self.settings.tls_key)
        except NetworkError as error:
            log.error("%s Renew it, then send SIGHUP.", error)
            self.counts.certificate_until.set(0)
        else:
            self.counts.certificate_until.set(until.timestamp())

    def _revive(self) -> None:
        """Start Envoy again after it died."""
        log.error("Envoy ended and is restarted: %s", self._envoys.last_words())
        try:
            self._envoys.again(self.settings)
        except (FrontrunnerError, OSError) as error:
            log.error("Envoy could not be started and is tried again: %s", error)
            self._stop.wait(1.0)
        else:
            self.counts.restarts.labels("died").inc()

    # --- looking around -------------------------------------------------------------------------

    def _look_around(self) -> None:
        """Do what is due. Errors of the system are logged, and retried."""
        try:
            self._tick()
        except (FrontrunnerError, OSError) as error:
            log.error("the supervisor continues after an error: %s", error)
            self._stop.wait(1.0)

    def _tick(self) -> None:
        if not self._envoys.is_alive():
            self._revive()
        self._helpers.keep()
        stamp = file_stamp(self._watched)
        if stamp != self._stamp:
            self._stamp = stamp
            self._reload.set()
        if self._reload.is_set() and self._may_restart():
            self._reload.clear()
            self._restart_hot()
        self._count()

    def _may_restart(self) -> bool:
        may = self._envoys.may_reload()
        if not may and not self._said_waiting:
            log.warning("the reload waits until the previous Envoy has drained")
        self._said_waiting = not may
        return may

    def _count(self) -> None:
        for request in self._requests.decoded(RequestLine):
            self.counts.request(request)
        for attempt in self._attempts.decoded(AttemptLine):
            self.counts.attempt(attempt)
        unread = self._requests.unreadable + self._attempts.unreadable
        self._requests.unreadable = self._attempts.unreadable = 0
        self.counts.unreadable.inc(unread)
        if time.monotonic() - self._observed < _OBSERVE_EVERY:
            return
        self._observed = time.monotonic()
        admin = self._envoys.admin
        try:
            seen, hosts = parse_version(admin.routes_version()), admin.hosts()
        except (GatewayError, msgspec.DecodeError) as error:
            self.counts.share_seen.set(-1)
            self._say_once(str(error))
            self._end_if_hung()
            return
        self._silent_since = None
        self._say_health(hosts)
        try:
            self.counts.observe(self._gateway.kept(), seen, hosts)
            self._keep_files(admin)
        except GatewayError as error:
            self._say_once(str(error))
        else:
            self._said = ""

    def _end_if_hung(self) -> None:
        """Kill an Envoy that runs and answers neither its supervisor nor users, to start another.

        One that answers users goes on, as after its folder was removed.
        """
        now = time.monotonic()
        self._silent_since = self._silent_since or now
        seconds = now - self._silent_since
        address = listen_address(self.settings)
        if seconds < _HUNG or not is_silent(address.host, address.port, seconds=_PROBE):
            return
        log.error("Envoy runs, but has answered nothing for %.0f s, and is killed", seconds)
        self._envoys.kill()
        self._silent_since = None

    def _keep_files(self, admin: Admin) -> None:
        """Write the totals, and rotate the logs. Failed writes are retried."""
        folder = self.place.folder
        self.counts.observe_shadows(read_tally(folder / TALLY))
        try:
            write_file(
                folder / "totals.json", msgspec.json.encode(self.counts.totals()), follow=False
            )
            limit = self.settings.log_megabytes * 1_000_000
            rotate([folder / name for name in LOGS], admin, limit)
        except OSError as error:
            raise GatewayError(f"Totals and logs cannot be written: {error}") from error

    def _say_once(self, text: str) -> None:
        """Log an error, but not again every second."""
        if text != self._said:
            log.warning("%s", text, extra={"event": "gateway_trouble"})
        self._said = text

    def _say_health(self, hosts: list[Host]) -> None:
        """Log which address of a board became healthy, unhealthy or ejected."""
        now = {(host.side, host.address): host.health for host in hosts}
        for (side, address), health in now.items():
            before = self._health.get((side, address), "healthy")
            if health != before:
                log.warning("the %s board at %s is %s", side, address, health)
        self._health = now

    # --- the end --------------------------------------------------------------------------------

    def _drain(self) -> None:
        """Take no new connections, let requests under way end, then stop everything."""
        admin = self._envoys.admin
        try:
            admin.post("/drain_listeners?graceful&skip_exit")
            until = time.monotonic() + _DRAIN
            while time.monotonic() < until and self._active(admin):
                time.sleep(_TICK)
        except GatewayError as error:
            log.warning("Envoy could not be drained: %s", error)
        self._envoys.end()
        self._helpers.end()

    def _active(self, admin: Admin) -> bool:
        return sum(admin.stats(r"^http\.users\.downstream_rq_active$").values()) > 0
