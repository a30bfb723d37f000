"""The gateway as a process: reloaded, killed, taken over, stopped; users do not notice."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from frontrunner.base.gateway_settings import GatewaySettings
from frontrunner.gateway.control import Gateway
from frontrunner.gateway.status import status_of
from frontrunner.gateway.supervise import Supervisor
from tests.command import run_command
from tests.gateway.boards import Board
from tests.gateway.conftest import PLAIN, ask, until
from tests.ports import free_port

BOTH = 'old = "http://a:1"\nnew = "http://b:1"\n'


class Process:
    """`frontrunner gateway run` over two boards, in a home of its own."""

    drain = 5
    """Well above what a stream of the boards lasts."""

    def __init__(self, home: Path) -> None:
        self.home, self.port = home, free_port()
        self.old, self.new = Board("old").start(), Board("new").start()
        self.write()
        self.process = self._started()

    def write(self, more: str = "") -> None:
        """Write the settings; each of them in one step, as an editor does."""
        text = (
            f'[gateway]\nlisten = "127.0.0.1:{self.port}"\nold = "{self.old.url}"\n'
            f'new = "{self.new.url}"\nmetrics = ""\nconcurrency = 2\ndrain = {self.drain}\n{more}'
        )
        fresh = self.home / "fresh"
        fresh.write_text(text)
        fresh.replace(self.home / "frontrunner.toml")

    def _started(self) -> subprocess.Popen[bytes]:
        with (self.home / "said").open("ab") as said:
            return subprocess.Popen(
                [sys.executable, "-m", "frontrunner", "gateway", "run", "--home", str(self.home)],
                stderr=said,
            )

    def wait_until_listening(self) -> None:
        """Wait until users are answered."""
        until = time.monotonic() + 40
        while time.monotonic() < until:
            if b"Listening on" in (self.home / "said").read_bytes() and self.answers():
                return
            if self.process.poll() is not None:
                break
            time.sleep(0.02)
        pytest.fail((self.home / "said").read_text())

    def restart(self) -> None:
        """Start another supervisor, as a service manager does."""
        (self.home / "said").write_bytes(b"")
        self.process = self._started()
        self.wait_until_listening()

    def answers(self) -> bool:
        try:
            return ask("GET", f"http://127.0.0.1:{self.port}/x", timeout=5).status_code == 200
        except httpx.TransportError:
            return False

    def envoys(self) -> list[int]:
        """The Envoys of this home that live, oldest first; numbers of processes may wrap around."""
        found: list[tuple[int, int]] = []
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                words = (entry / "cmdline").read_bytes().split(b"\0")
                started = int((entry / "stat").read_text().rpartition(")")[2].split()[19])
            except OSError:
                continue
            if any(str(self.home / "gateway" / "envoy-").encode() in word for word in words):
                found.append((started, int(entry.name)))
        return [pid for _, pid in sorted(found)]

    def command(self, *words: str) -> str:
        """What a command of the gateway prints."""
        code, said, _ = run_here("gateway", *words, "--home", str(self.home))
        assert code == 0
        return said

    def stop(self) -> None:
        """End all of it, the supervisor first: it would start an Envoy that was killed again."""
        self.process.terminate()
        try:
            self.process.wait(50)
        finally:
            self.process.kill()
            self.process.wait()
            for pid in self.envoys():
                os.kill(pid, signal.SIGKILL)
            self.old.stop()
            self.new.stop()


def run_here(*words: str) -> tuple[int, str, str]:
    """The exit code of a command, its stdout and stderr."""
    found = run_command(*words)
    return found.returncode, found.stdout, found.stderr


class Load:
    """Clients that keep connections, ask one request after another, and repeat one that was cut."""

    def __init__(self, port: int, clients: int = 4, repeats: int = 60) -> None:
        self.port, self.failed, self.asked = port, [], 0  # type: ignore[var-annotated]
        self._repeats = repeats
        self._end = threading.Event()
        self._threads = [threading.Thread(target=self._run, args=(n,)) for n in range(clients)]

    def __enter__(self) -> Load:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        for thread in self._threads:
            thread.join()

    def _run(self, number: int) -> None:
        with httpx.Client(base_url=f"http://127.0.0.1:{self.port}", timeout=30, **PLAIN) as client:
            while not self._end.is_set():
                self.asked += 1
                status = self._ask(client, number)
                if status != 200:
                    self.failed.append(status)
                time.sleep(0.005)

    def _ask(self, client: httpx.Client, number: int) -> int | str:
        """As browsers do: a GET whose connection was cut is sent again, for three seconds at least.

        They are counted, not timed: a machine that stands still between two is no outage.
        """
        for _ in range(self._repeats):
            try:
                return client.get(f"/{number}").status_code
            except httpx.TransportError as error:
                failure = repr(error)
                time.sleep(0.05)
        return failure


@pytest.fixture
def running() -> Iterator[Process]:
    with tempfile.TemporaryDirectory(prefix="gw") as name:
        process = Process(Path(name))
        try:
            process.wait_until_listening()
            yield process
        finally:
            process.stop()


def test_reloads_lose_no_request_and_no_stream(running: Process) -> None:
    """haproxytech/dataplaneapi#124, haproxy#2075: a reload undid the weight."""
    events: list[str] = []

    def follow() -> None:
        with httpx.stream("GET", f"http://127.0.0.1:{running.port}/stream", **PLAIN) as answer:
            events.extend(line for line in answer.iter_lines() if line)

    follower = threading.Thread(target=follow)
    running.command("share", "37")
    with Load(running.port) as load:
        follower.start()
        before = running.envoys()
        running.process.send_signal(signal.SIGHUP)
        until(lambda: len(running.envoys()) > len(before))
        first = set(running.envoys())
        until(lambda: "restarted with the current settings" in (running.home / "said").read_text())
        running.write("timeout = 61\n")  # a changed file reloads too
        until(lambda: set(running.envoys()) - first)
        until(
            lambda: (
                (running.home / "said").read_text().count("restarted with the current settings") > 1
            )
        )
        follower.join()
    assert load.asked > 20
    assert load.failed == []
    assert events == [f"data: old {number}" for number in range(20)]
    assert running.command("share").strip() == "37"


def test_status_says_until_when_a_reload_waits(running: Process) -> None:
    gateway = Gateway(GatewaySettings(), running.home / "gateway")
    assert status_of(gateway).drains_until is None
    running.drain = 12  # enough for two commands on a busy machine
    running.write()
    until(lambda: "restarted with the current settings" in (running.home / "said").read_text())
    said = status_of(gateway).drains_until
    assert said is not None
    assert 0 < said - time.time() < running.drain
    text = running.command("status")
    assert "The earlier Envoy drains until about " in text
    until(lambda: len(running.envoys()) == 1)
    assert -2 < time.time() - said < 10, "Envoy counts from when it has started, in whole seconds"
    assert json.loads(running.command("status", "--json"))["drains_until"] is None
    assert "drains until" not in running.command("status")


def test_a_killed_envoy_comes_back_with_its_share(running: Process) -> None:
    """haproxytech/dataplaneapi#124, haproxy#2075: a restart undid the weight."""
    running.command("share", "100")
    with Load(running.port, repeats=600) as load:  # a new Envoy takes its time on a busy machine
        time.sleep(0.3)
        [killed] = running.envoys()
        os.kill(killed, signal.SIGKILL)
        until(lambda: running.envoys() not in ([], [killed]) and running.answers())
        time.sleep(0.5)
    assert load.failed == []
    answer = ask("GET", f"http://127.0.0.1:{running.port}/x")
    assert answer.headers["x-frontrunner-side"] == "new"
    assert json.loads(running.command("status", "--json"))["running"] is True


def test_an_envoy_killed_soon_after_a_reload_does_not_block_the_next(running: Process) -> None:
    [first] = running.envoys()
    running.process.send_signal(signal.SIGHUP)
    until(lambda: len(running.envoys()) > 1)
    until(lambda: "restarted with the current settings" in (running.home / "said").read_text())
    os.kill(running.envoys()[-1], signal.SIGKILL)  # while the first one drains
    until(lambda: "is restarted" in (running.home / "said").read_text())
    running.process.send_signal(signal.SIGHUP)
    until(
        lambda: (running.home / "said").read_text().count("restarted with the current settings") > 1
    )
    assert first not in running.envoys()
    assert running.answers()


def test_a_killed_supervisor_costs_nothing_and_the_next_takes_over(running: Process) -> None:
    running.command("share", "25")
    with Load(running.port) as load:
        running.process.kill()
        running.process.wait()
        time.sleep(0.3)
        assert running.answers()
        running.command("share", "75")  # Envoy follows without a supervisor
        before = running.envoys()
        running.restart()
        until(lambda: set(running.envoys()) - set(before))
    assert load.failed == []
    assert running.command("share").strip() == "75"


def test_a_wrong_change_is_refused_and_the_gateway_goes_on(running: Process) -> None:
    [envoy] = running.envoys()
    running.command("share", "10")
    running.write('trusted_hops = "x"\n')
    until(lambda: "trusted_hops" in (running.home / "said").read_text())
    assert running.envoys() == [envoy]
    assert running.answers()
    assert running.command("share").strip() == "10"
    assert running.command("share", "0").strip() == "0", "the way back, with the settings before"


def test_told_to_stop_it_lets_requests_end(running: Process) -> None:
    running.old.mode = "slow"
    statuses: list[int] = []
    thread = threading.Thread(
        target=lambda: statuses.append(
            ask("GET", f"http://127.0.0.1:{running.port}/last").status_code
        )
    )
    thread.start()
    until(lambda: running.old.asked[-1:] and running.old.asked[-1].target == "/last")
    running.process.terminate()
    thread.join()
    assert running.process.wait(50) == 0
    assert statuses == [200]
    assert running.envoys() == []


def test_a_second_gateway_of_one_home_is_refused(running: Process) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "frontrunner", "gateway", "run", "--home", str(running.home)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 6
    assert "Another gateway runs" in run.stderr
    assert running.answers()


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ("", "gateway.old is not set"),
        ('old = "x"\nnew = "http://127.0.0.1:1"', "must be http://host:port"),
        ('old = "http://a:1"\nnew = "http://a:1"', "Give each board its own address"),
        ('old = "http://a:1"\nnew = "http://b:1/x"', "must end after the host"),
        ('old = "http://u:p@a:1"\nnew = "http://b:1"', "has a password"),
        ('old = "http://a:1"\nnew = "http://b:1"\nlisten = "8080"', "must be host:port"),
        ('old = "http://a:1"\nnew = "http://b:1"\ntls_key = "/x"', "go together"),
        ('old = "http://a:1"\nnew = "http://b:1"\nold_paths = ["x"]', "gateway.old_paths"),
        ('old = "http://a:1"\nnew = "https://b"', 'Set old_host = "rewrite"'),
        (f"{BOTH}metrics = 'x'", "gateway.metrics must be host:port with a port from 1 to 65535"),
        (f"{BOTH}new_health = '/a b'", "gateway.new_health must be a path without spaces"),
        (f"{BOTH}feedback = 'x'", "gateway.feedback cannot be used: it is not a URL like"),
        (f"{BOTH}envoy = '/none'", "gateway.envoy is /none, which is not a program"),
        ("old = 'https://a'\nnew = 'http://b:1'\nca = '/none'", "gateway.ca cannot be used: /none"),
        ("old = 'https://a'\nnew = 'http://b:1'\nca = ''", "gateway.ca is empty"),
    ],
)
def test_settings_that_cannot_work_say_why(tmp_path: Path, settings: str, says: str) -> None:
    no_port = "" if "metrics" in settings else "metrics = ''\n"  # another gateway may have it
    (tmp_path / "frontrunner.toml").write_text(f"[gateway]\n{no_port}{settings}\n")
    code, _, said = run_here("gateway", "run", "--home", str(tmp_path))
    assert code == 6
    assert says in said
    assert f"Correct it in {tmp_path / 'frontrunner.toml'}; docs/configuration.md" in said
    assert "Traceback" not in said


def test_metrics_where_users_are_served_say_why(tmp_path: Path) -> None:
    address = f"127.0.0.1:{free_port()}"  # that of other gateways may be used
    one_port = f"listen = '{address}'\nmetrics = '{address}'\n"
    (tmp_path / "frontrunner.toml").write_text(f"[gateway]\n{BOTH}{one_port}")
    code, _, said = run_here("gateway", "run", "--home", str(tmp_path))
    assert code == 6
    assert f"gateway.metrics is {address}, like gateway.listen. Set another port" in said


def test_a_variable_that_cannot_be_used_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "frontrunner.toml").write_text(f"[gateway]\n{BOTH}metrics = ''\n")
    monkeypatch.setenv("FRONTRUNNER_GATEWAY_LISTEN", "8080")
    _, _, said = run_here("gateway", "run", "--home", str(tmp_path))
    assert "Correct it in the variable FRONTRUNNER_GATEWAY_LISTEN" in said


def test_shadows_are_compared_off_the_users_path(running: Process) -> None:
    running.new.answer_headers = {}
    running.command("shadow", "100")
    until((running.home / "gateway" / "comparer.sock").exists)

    def compared() -> dict[str, int]:
        ask("GET", f"http://127.0.0.1:{running.port}/list")
        ask("POST", f"http://127.0.0.1:{running.port}/list")
        routes = json.loads(running.command("shadow", "--json"))["routes"]
        found = routes.get("/*", {})
        return {name: found.get(name, 0) for name in ("same", "different")}

    until(lambda: sum(compared().values()) > 0)
    targets = [(one.method, one.target) for one in running.new.asked]
    assert ("GET", "/list") in targets
    assert ("POST", "/list") not in targets


def test_a_fault_of_the_supervisor_does_not_stop_the_gateway(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fault() -> None:
        raise ZeroDivisionError

    with tempfile.TemporaryDirectory(prefix="gw") as name:
        old, new = Board("old").start(), Board("new").start()
        listen = f"127.0.0.1:{free_port()}"
        settings = GatewaySettings(listen=listen, old=old.url, new=new.url, metrics="")
        supervisor = Supervisor(lambda: settings, Path(name), Path(name, "none"))
        monkeypatch.setattr(supervisor, "_tick", fault)  # not of the class: others run meanwhile
        try:
            with pytest.raises(ZeroDivisionError):
                supervisor.run()
            assert ask("GET", f"http://{listen}/x").status_code == 200
        finally:
            supervisor._envoys.end()
            old.stop()
            new.stop()
