"""An old Gradio board, the new board and the gateway, in one command: `make gateway-demo`.

It starts all three on this machine, prints what to open and what to try, and stops them on Ctrl-C.
"""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import ExitStack
from pathlib import Path

HERE = Path(__file__).resolve().parent
HOME = Path(".frontrunner/gateway-demo")
OLD, NEW, USERS = 7860, 8000, 8080
SETTINGS = f"""[site]
name = "The new board"

[server]
port = {NEW}

[gateway]
listen = "127.0.0.1:{USERS}"
old = "http://127.0.0.1:{OLD}"
new = "http://127.0.0.1:{NEW}"
"""
TRY = f"""
Open http://127.0.0.1:{USERS}: every visitor gets the old board. In another terminal:

  frontrunner gateway banner on   --home {HOME}    # a notice on both boards
  frontrunner gateway share 50    --home {HOME}    # half of the visitors get the new board
  frontrunner gateway status      --home {HOME}

http://127.0.0.1:{USERS}/?board=new is the new board at every share, and ?board=old the old one.
Stop the new board (kill {{new}}): pages are then answered by the old one. Ctrl-C stops everything.
"""


def started(stack: ExitStack, *command: str) -> subprocess.Popen[bytes]:
    """A process that ends with the demo."""
    process = subprocess.Popen(command)
    stack.callback(process.wait)
    stack.callback(process.terminate)
    return process


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
    frontrunner = str(Path(sys.executable).with_name("frontrunner"))
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
        print(TRY.format(new=new.pid), flush=True)
        try:
            gateway.wait()
        except KeyboardInterrupt:
            print("Stopping ...", flush=True)


if __name__ == "__main__":
    main()
