"""The Envoys of one gateway: the one that runs, and those before it that still drain.

Each start has a number of its own (its serial), which names its files. A hot restart gives the
sockets of the running Envoy to the next one, and counts as the next epoch of the same family.
"""

from __future__ import annotations

import logging
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from frontrunner.base.atomic import write_file
from frontrunner.base.errors import FrontrunnerError, GatewayError, WrongSettingError
from frontrunner.base.gateway_settings import GatewaySettings
from frontrunner.gateway.admin import Admin, serial_of
from frontrunner.gateway.binary import find_envoy, refusal
from frontrunner.gateway.process import EnvoyProcess, forget_memory, living_envoys
from frontrunner.gateway.render import Place, render_config, write_routes
from frontrunner.gateway.sides import Address, listen_address
from frontrunner.gateway.state import changing, ensure_salt, load_state, make_folder
from frontrunner.http.listening import refusal_of

log = logging.getLogger("frontrunner.gateway")
_STARTING = 60.0
"""Seconds for Envoy to take requests after it was started."""
_LONGEST_SOCKET = 100
_ENDING = 5.0
"""Seconds for Envoy to end after SIGTERM."""
_REASONS = ("assert failure", "panic:", "] Caught ", "caught ENVOY_SIGTERM")
"""Marks of a line in Envoy's log that says why it ended, the most specific first."""


class Envoys:
    """Starts and ends Envoy for one folder."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.current: EnvoyProcess | None = None
        self.draining: list[EnvoyProcess] = []
        self._serial = 0
        self._epoch = 0
        self._ending = ""
        """How the last one that took connections ended."""
        self._log_from = 0
        """Where the log of the current Envoy begins, in bytes."""
        self._ends: dict[int, float] = {}
        """When a draining Envoy is ended from here: number of the process, monotonic seconds."""

    @property
    def admin(self) -> Admin:
        """The Envoy that was started last."""
        return Admin(self.place.admin(self._serial))

    def is_alive(self) -> bool:
        """Whether the Envoy that takes new connections runs."""
        self._forget_ended()
        return self.current is not None

    # --- starting -------------------------------------------------------------------------------

    def begin(self, settings: GatewaySettings) -> str:
        """Start Envoy; if one that lost its supervisor runs, take its connections over.

        Call `check` first. Returns why it was started. Raises GatewayError if Envoy does not start,
        or if another program has its port.
        """
        orphans, admin = living_envoys(self.place.folder), self._living_admin()
        if admin is None:
            for process in orphans:
                process.send(signal.SIGKILL)
            for process in orphans:
                process.wait(_ENDING)
            check_free(listen_address(settings))
            for left_over in self.place.folder.glob("admin-*.sock"):
                left_over.unlink(missing_ok=True)
            self._start(settings, fresh=True)
            return "first"
        info = msgspec.json.decode(admin.get("/server_info"))["command_line_options"]
        self._serial = serial_of(admin.path)
        self._epoch = int(info.get("restart_epoch", 0))
        self.draining = orphans
        self._start(settings, fresh=False)
        return "taken over"

    def again(self, settings: GatewaySettings) -> None:
        """Start Envoy after it died. Raises GatewayError or OSError if it cannot be.

        An Envoy that drains is ended by the one that follows it. If that one died, nothing else
        ends it, so it is ended from here once its streams have had their time.
        """
        end = time.monotonic() + settings.drain
        for process in self.draining:
            self._ends.setdefault(process.pid, end)
        try:
            # Envoy accepted these settings before, and users wait: it is not asked again.
            self._start(settings, fresh=True)
        except (FrontrunnerError, OSError) as error:
            log.error("%s; Envoy is started with the files of its last start", error)
            self._start_as_before(settings)

    def may_reload(self) -> bool:
        """Whether a hot restart cuts no stream: it ends the process before the last at once.

        Nor can that process be ended from here: the last one asks it for its counts, and aborts if
        it is gone.
        """
        self._forget_ended()
        return not self.draining

    def reload(self, settings: GatewaySettings) -> None:
        """Start an Envoy that takes the sockets of the running one, which then drains.

        Raises GatewayError or OSError if it cannot be; the running one then goes on.
        """
        self.check(settings)
        self._start(settings, fresh=False)

    def make_folder(self) -> None:
        """Make the folder. Raises GatewayError if it cannot be, or if its path is too long."""
        try:
            make_folder(self.place.folder)
        except OSError as error:
            raise GatewayError(
                f"{self.place.folder} cannot be made: {error}. Correct the permissions, or set "
                "gateway.state to another folder."
            ) from error
        sockets = (self.place.admin(9999), self.place.socket("companion"))
        longest = max(len(bytes(path)) for path in sockets)
        if longest > _LONGEST_SOCKET:
            raise WrongSettingError(
                "state",
                f"is {self.place.folder}, too long a path for sockets ({longest} bytes of at most "
                f"{_LONGEST_SOCKET}). Set it to a shorter folder.",
            )

    def check(self, settings: GatewaySettings) -> None:
        """Raises GatewayError if Envoy refuses the settings; what a running one reads stays."""
        folder, serial = self.place.folder, self._serial + 1
        salt, trial = ensure_salt(folder, settings.salt), folder / "check.yaml"
        text = render_config(settings, salt, folder, serial, load_state(folder))
        write_file(trial, text.encode(), mode=0o600, follow=False)
        why = refusal(find_envoy(settings.envoy), trial)
        if why:
            raise GatewayError(f"Envoy refuses {trial}: {why}")

    def follow(self, settings: GatewaySettings) -> None:
        """Write the routes of the settings and of the state that is kept now.

        The state is read and the routes are written under one lock, or else a command between the
        two would be undone. Raises GatewayError or OSError if they cannot be written.
        """
        with changing(self.place.folder) as state:
            write_routes(settings, state, self.place.folder)

    def _write(self, settings: GatewaySettings, serial: int) -> Path:
        folder = self.place.folder
        salt = ensure_salt(folder, settings.salt)
        config = folder / f"envoy-{serial}.yaml"
        text = render_config(settings, salt, folder, serial)
        write_file(config, text.encode(), mode=0o600, follow=False)
        self.follow(settings)
        return config

    def _start(self, settings: GatewaySettings, *, fresh: bool) -> None:
        """Start the next Envoy; `fresh` begins a family, else it takes the sockets over."""
        serial, epoch = self._serial + 1, 0 if fresh else self._epoch + 1
        config = self._write(settings, serial)
        if fresh:
            forget_memory(self._family)
        command = self._command(settings, config, epoch)
        self._log_from = self._log.stat().st_size if self._log.exists() else 0
        process = EnvoyProcess.start(command, self._crashes)
        with self._ended_on_error(process):
            write_file(config.with_suffix(".pid"), str(process.pid).encode(), follow=False)
            self._wait_until_live(process, Admin(self.place.admin(serial)))
        if self.current is not None:
            self.draining.append(self.current)
        self.current, self._serial, self._epoch = process, serial, epoch
        self._forget_files(config)

    def _start_as_before(self, settings: GatewaySettings) -> None:
        """Start Envoy without writing a file, such as while the disk is full."""
        config = self.place.folder / f"envoy-{self._serial}.yaml"
        gone = [one for one in (config, self.place.routes) if not one.exists()]
        if gone:
            raise GatewayError(
                f"{gone[0]} is gone and {self.place.folder} cannot be written, so Envoy cannot be "
                "started. Free disk space or fix the permissions; the gateway tries again by "
                "itself."
            )
        forget_memory(self._family)
        process = EnvoyProcess.start(self._command(settings, config, 0), self._crashes)
        with self._ended_on_error(process):
            self._wait_until_live(process, self.admin)
        self.current, self._epoch = process, 0

    @contextmanager
    def _ended_on_error(self, process: EnvoyProcess) -> Iterator[None]:
        """A process that did not start as it should is not left behind."""
        try:
            yield
        except (GatewayError, OSError):
            process.send(signal.SIGKILL)
            process.close()
            raise

    def _command(self, settings: GatewaySettings, config: Path, epoch: int) -> list[str]:
        if epoch:
            identity = [
                "--base-id",
                self._family.read_text().strip(),
                "--restart-epoch",
                str(epoch),
            ]
        else:
            identity = ["--use-dynamic-base-id", "--base-id-path", str(self._family)]
        threads = ["--concurrency", str(settings.concurrency)] if settings.concurrency else []
        return [
            str(find_envoy(settings.envoy).path), "-c", str(config), *identity, *threads,
            "--log-level", "warning", "--log-path", str(self._log),
            "--drain-time-s", "30", "--drain-strategy", "immediate",
            "--parent-shutdown-time-s", str(settings.drain),
            "--file-flush-interval-msec", "500",
        ]  # fmt: skip

    def _wait_until_live(self, process: EnvoyProcess, admin: Admin) -> None:
        until = time.monotonic() + _STARTING
        while time.monotonic() < until:
            if admin.is_live():
                return
            if not process.is_alive():
                break
            time.sleep(0.02)
        raise GatewayError(f"Envoy did not start ({self.last_words()}).")

    def last_words(self) -> str:
        """Why the Envoy that was started last has ended, as far as its log says."""
        try:
            log = self._log.read_bytes()
        except OSError:
            return "it wrote no log"
        own = log[self._log_from :] if len(log) >= self._log_from else log
        words = last_words(own.decode("utf-8", "replace"))
        return f"{self._ending}: {words}" if self._ending else words

    @property
    def _family(self) -> Path:
        """The file with the number that Envoy chose for the processes of hot restarts."""
        return self.place.folder / "base-id"

    @property
    def _log(self) -> Path:
        return self.place.folder / "envoy.log"

    @property
    def _crashes(self) -> Path:
        """What Envoy prints to stderr when it crashes without a useful log line."""
        return self.place.folder / "envoy.err"

    # --- which Envoys run ----------------------------------------------------------------------

    def _living_admin(self) -> Admin | None:
        sockets = [Admin(path) for path in self.place.folder.glob("admin-*.sock")]
        living = [one for one in sockets if one.is_live()]
        return max(living, key=lambda one: serial_of(one.path), default=None)

    def _forget_ended(self) -> None:
        if self.current is not None and not self.current.is_alive():
            self._ending = self.current.ending()
            self.current.close()
            self.current = None
        for one in list(self.draining):
            if time.monotonic() > self._ends.get(one.pid, float("inf")):
                one.send(signal.SIGTERM)
            if not one.is_alive():
                self._ends.pop(one.pid, None)
                one.close()
                self.draining.remove(one)

    def _forget_files(self, config: Path) -> None:
        """Remove the files of earlier starts; numbers of processes that still drain stay."""
        alive = {str(process.pid) for process in self.draining}
        for other in self.place.folder.glob("envoy-*.yaml"):
            note = other.with_suffix(".pid")
            if other != config:
                other.unlink(missing_ok=True)
                if note.is_file() and note.read_text() not in alive:
                    note.unlink()

    def kill(self) -> None:
        """Kill the Envoy that takes new connections, such as one that hangs."""
        if self.current is not None:
            self.current.send(signal.SIGKILL)

    def end(self) -> None:
        """End them all."""
        processes = [*self.draining, *([self.current] if self.current else [])]
        for process in processes:
            process.send(signal.SIGTERM)
        for process in processes:
            if not process.wait(_ENDING):
                process.send(signal.SIGKILL)
                process.wait(_ENDING)
            process.close()
        if processes:
            forget_memory(self._family)
        self.current, self.draining = None, []


def check_free(address: Address) -> None:
    """Raises GatewayError if an address cannot be listened on, such as one that is in use.

    Envoy would not notice another Envoy there: both share the port, and the system gives each of
    them some of the users.
    """
    why = refusal_of(address.host, address.port)
    if why:
        raise WrongSettingError(
            "listen",
            f"is {address}, where the gateway cannot listen: {why}. Stop the program that listens "
            "there, or set another address.",
        )


def last_words(log: str) -> str:
    """The line of Envoy's log that says why it ended: an assertion, a signal, or the last line.

    A process that was killed, such as by a system without memory, writes none.
    """
    lines = [line[:500] for line in log.splitlines() if line.strip()]
    for mark in _REASONS:
        found = next((line for line in lines if mark in line), None)
        if found:
            return found
    errors = [line for line in lines if "[critical]" in line or "[error]" in line]
    if errors:
        return errors[-1]  # not the last line: a message may go on over several
    return "its log has no reason, as after a kill or when memory ran out"
