"""An old Gradio board, the new board and the gateway, in one command: `make gateway-demo`.

It starts all three on this machine, prints what to open and what to try, and stops them on Ctrl-C.
"""

from __future__ import annotations

import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import ExitStack
from pathlib import Path

HERE = Path(__file__).resolve().parent
HOME = Path(".frontrunner/gateway-demo")
PORTS = (7860, 8000, 8080, 9180)
"""Of the old board, the new one, the gateway and its metrics; or the next free port."""
SETTINGS = """[site]
name = "The new board"

[server]
port = {new}

[gateway]
listen = "127.0.0.1:{users}"
old = "http://127.0.0.1:{old}"
new = "http://127.0.0.1:{new}"
metrics = "127.0.0.1:{metrics}"
"""
TRY = """
Open http://127.0.0.1:{users}: every visitor gets the old board. Run these commands in
another terminal, in this folder:

  {command} gateway banner on --home {home}   # show a banner on both boards
  {command} gateway share 50 --home {home}    # half of the visitors get the new board
  {command} gateway status --home {home}      # the share, and the health of both boards

http://127.0.0.1:{users}/?board=new always shows the new board, ?board=old the old one.
http://127.0.0.1:{users}/transition shows visitors the stage of the move.
Stop the new board (kill {pid}): the old board then answers its visitors.
docs/gateway.md explains the rest. Ctrl-C stops everything.
"""


def started(stack: ExitStack, *command: str) -> subprocess.Popen[bytes]:
    """A process that ends with the demo."""
    quiet = {"GRADIO_ANALYTICS_ENABLED": "False"}
    process = subprocess.Popen(command, env=os.environ | quiet)
    stack.callback(process.wait)
    stack.callback(process.terminate)
    return process


def free_ports() -> list[int]:
    """The ports of the demo, or the next ones that no program listens on."""
    found: list[int] = []
    for first in PORTS:
        free = (one for one in range(first, first + 100) if one not in found and not in_use(one))
        port = next(free, None)
        if port is None:
            sys.exit(f"The ports {first} to {first + 99} are all in use. Stop a program there.")
        if port != first:
            print(f"Port {first} is in use; the demo takes {port}.", flush=True)
        found.append(port)
    return found


def in_use(port: int) -> bool:
    """Whether a program listens on a port of this machine."""
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until a board answers; exits with a message if its process ends or takes too long."""
    for _ in range(600):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            if process.poll() is not None:
                sys.exit(f"The program on port {port} did not start. See its message above.")
            time.sleep(0.1)
    sys.exit(f"Nothing answers on port {port}.")


def main() -> None:
    """Start everything, and wait for Ctrl-C. The argument is the Python that has Gradio."""
    HOME.mkdir(parents=True, exist_ok=True)
    with (HOME / "demo.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            sys.exit("The demo is already running in this folder. Stop it first with Ctrl-C.")
        run(*free_ports())


def run(old_port: int, new_port: int, users: int, metrics: int) -> None:
    """Start both boards and the gateway on these ports, and wait for the gateway."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    command = Path(sys.executable).with_name("frontrunner")
    frontrunner = str(command)
    (HOME / "frontrunner.toml").write_text(
        SETTINGS.format(old=old_port, new=new_port, users=users, metrics=metrics), encoding="utf-8"
    )
    (HOME / "gateway" / "state.json").unlink(missing_ok=True)  # the share of an earlier demo
    subprocess.run([frontrunner, "demo", "--no-serve", "--home", str(HOME)], check=True)
    with ExitStack() as stack:
        old = started(stack, sys.argv[1], str(HERE / "old_board.py"), str(old_port))
        new = started(stack, frontrunner, "serve", "--home", str(HOME))
        wait_for(old_port, old)
        wait_for(new_port, new)
        gateway = started(stack, frontrunner, "gateway", "run", "--home", str(HOME))
        wait_for(users, gateway)
        say = TRY.format(users=users, home=HOME, pid=new.pid, command=_shown(command))
        print(say, flush=True)
        gateway.wait()


def _shown(command: Path) -> Path:
    """A program as one types it in this folder."""
    here = Path.cwd()
    return command.relative_to(here) if command.is_relative_to(here) else command


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        print("Stopped.", flush=True)
