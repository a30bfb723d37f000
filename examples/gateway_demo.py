"""An old Gradio board, the new board and the gateway, in one command: `make gateway-demo`.

It starts all three on this machine, prints what to open and what to try, and stops them on Ctrl-C.
"""

from __future__ import annotations

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
OLD, NEW, USERS, METRICS = 7860, 8000, 8080, 9180
SETTINGS = f"""[site]
name = "The new board"

[server]
port = {NEW}

[gateway]
listen = "127.0.0.1:{USERS}"
old = "http://127.0.0.1:{OLD}"
new = "http://127.0.0.1:{NEW}"
metrics = "127.0.0.1:{METRICS}"
"""
TRY = f"""
Open http://127.0.0.1:{USERS}: every visitor gets the old board. In another terminal,
in this folder:

  {{command}} gateway banner on --home {HOME}   # a notice on both boards
  {{command}} gateway share 50 --home {HOME}    # half of the visitors get the new board
  {{command}} gateway status --home {HOME}      # who gets what, and how the boards are

http://127.0.0.1:{USERS}/?board=new is the new board at every share, and ?board=old the old one.
http://127.0.0.1:{USERS}/transition tells visitors how far the move is.
Stop the new board (kill {{new}}): its visitors are then answered by the old one.
docs/gateway.md explains the rest. Ctrl-C stops everything.
"""


def started(stack: ExitStack, *command: str) -> subprocess.Popen[bytes]:
    """A process that ends with the demo."""
    quiet = {"GRADIO_ANALYTICS_ENABLED": "False"}
    process = subprocess.Popen(command, env=os.environ | quiet)
    stack.callback(process.wait)
    stack.callback(process.terminate)
    return process


def check_ports() -> None:
    """Exit with a message if a program already listens on a port that the demo needs."""
    for port in (OLD, NEW, USERS, METRICS):
        with socket.socket() as one:
            if one.connect_ex(("127.0.0.1", port)) == 0:
                sys.exit(f"Port {port} is in use. Stop the program that listens there first.")


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until a board answers; exits with a message if its process ends or takes too long."""
    for _ in range(600):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            if process.poll() is not None:
                sys.exit(f"The program on port {port} did not start; its message is above.")
            time.sleep(0.1)
    sys.exit(f"Nothing answers on port {port}.")


def main() -> None:
    """Start everything, and wait for Ctrl-C. The argument is the Python that has Gradio."""
    check_ports()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    command = Path(sys.executable).with_name("frontrunner")
    frontrunner = str(command)
    HOME.mkdir(parents=True, exist_ok=True)
    (HOME / "frontrunner.toml").write_text(SETTINGS, encoding="utf-8")
    subprocess.run([frontrunner, "demo", "--no-serve", "--home", str(HOME)], check=True)
    with ExitStack() as stack:
        old = started(stack, sys.argv[1], str(HERE / "old_board.py"), str(OLD))
        new = started(stack, frontrunner, "serve", "--home", str(HOME))
        wait_for(OLD, old)
        wait_for(NEW, new)
        gateway = started(stack, frontrunner, "gateway", "run", "--home", str(HOME))
        wait_for(USERS, gateway)
        print(TRY.format(new=new.pid, command=_shown(command)), flush=True)
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
