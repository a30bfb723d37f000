"""A PostgreSQL of the tests' own: in a temporary folder, reached by a socket, gone at the end."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

LONGEST = 60
_SETTINGS = """
listen_addresses = ''
fsync = off
max_connections = 60
shared_buffers = 16MB
autovacuum = off
log_min_messages = fatal
"""
_UNTIL_WE_END = 'trap "" INT; "$@" & read -r _; kill -INT $!; wait $!'
"""Runs a command until standard input closes, which a kill of the tests does too."""


def programs() -> Path | None:
    """The folder of `initdb` and `postgres`; None if PostgreSQL is not installed."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda one: int(one.parent.name))
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else debian[::-1]
    return next((one for one in folders if (one / "postgres").exists()), None)


def _other_user() -> str:
    """Whom it runs as: Debian's user of PostgreSQL, unless it was installed without one."""
    try:
        return pwd.getpwnam("postgres").pw_name
    except KeyError:
        return "nobody"


class Cluster:
    """A server that can be stopped and started."""

    def __init__(self, bin_folder: Path, folder: Path) -> None:
        self.bin = bin_folder
        self.folder = folder
        # PostgreSQL refuses to run as root.
        self._user = _other_user() if os.geteuid() == 0 else None
        if self._user:
            os.chown(folder, pwd.getpwnam(self._user).pw_uid, -1)
        self._run("initdb", "-D", folder / "data", "-A", "trust", "-U", "postgres", "--no-sync",
                  "--no-instructions", "--encoding=UTF8", "--locale=C.UTF-8")  # fmt: skip
        with (folder / "data/postgresql.conf").open("a") as file:
            file.write(f"{_SETTINGS}\nunix_socket_directories = '{folder}'\n")
        self._server: subprocess.Popen[bytes] | None = None

    def _run(self, program: str, *options: str | Path) -> None:
        done = subprocess.run(
            [self.bin / program, *options],
            user=self._user,
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=LONGEST,
        )
        assert done.returncode == 0, done.stderr

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self._server = subprocess.Popen(
            [
                "/bin/sh",
                "-c",
                _UNTIL_WE_END,
                "sh",
                self.bin / "postgres",
                "-D",
                self.folder / "data",
            ],
            user=self._user,
            cwd=self.folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until = time.monotonic() + LONGEST
        while not self._answers():
            assert self._server.poll() is None, "PostgreSQL ended"
            assert time.monotonic() < until, "PostgreSQL does not start"
            time.sleep(0.05)

    def _answers(self) -> bool:
        try:
            psycopg.connect(self._address).close()
        except psycopg.OperationalError:
            return False
        return True

    def stop(self) -> None:
        """Stop it and break all connections."""
        if self._server:
            self._server.communicate(b"", timeout=LONGEST)
            self._server = None

    def end_connections(self) -> None:
        """Break all connections, as a server that restarts does."""
        self._ask(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE pid != pg_backend_pid() AND backend_type = 'client backend'"
        )

    def psql(self, statement: str, database: str) -> str:
        """Run one statement as an operator would, and give its output."""
        done = subprocess.run(
            [self.bin / "psql", "-h", self.folder, "-U", "postgres", "-XAtq", "-F", "\n",
             "-d", database, "-c", statement],
            capture_output=True,
            text=True,
            check=False,
            timeout=LONGEST,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    @contextmanager
    def database(self) -> Iterator[str]:
        """The URL of a fresh database, which is dropped at the end."""
        name = f"t{secrets.token_hex(6)}"
        self._ask(f"CREATE DATABASE {name} STRATEGY FILE_COPY")
        try:
            yield f"postgresql://postgres@/{name}?host={self.folder}"
        finally:
            self._ask(f"DROP DATABASE {name} WITH (FORCE)")

    def _ask(self, statement: str) -> None:
        """Faster than `psql`, which is a new process."""
        with psycopg.connect(self._address, autocommit=True) as connection:
            connection.execute(statement.encode())

    @property
    def _address(self) -> str:
        return f"host={self.folder} user=postgres dbname=postgres"


@contextmanager
def running() -> Iterator[Cluster]:
    """A cluster for one session of tests. Skips without PostgreSQL; fails in CI."""
    found = programs()
    if found is None:
        text = "PostgreSQL is not installed: make setup-postgres"
        if os.environ.get("CI"):
            pytest.fail(text)
        pytest.skip(text)
    folder = Path(tempfile.mkdtemp(prefix="frontrunner-pg-"))  # short: a socket's path is limited
    try:
        cluster = Cluster(found, folder)
        cluster.start()
        try:
            yield cluster
        finally:
            cluster.stop()
    finally:
        shutil.rmtree(folder)
