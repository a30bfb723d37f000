"""A Python with Gradio for the old board: a given one, or that of an environment made for it.

The environment is made from a lock file, and rebuilt when the lock file or the Python changes.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path

from frontrunner.base.atomic import write_file
from frontrunner.base.errors import TakeoverError, UsageError
from frontrunner.evaluate.environment import python_of

LOCK = Path(__file__).resolve().parent / "requirements" / "gradio.txt"
_STAMP = "frontrunner-gradio.stamp"
_LAST_LINES = 15
Say = Callable[[str], None]


def checked(python: Path) -> Path:
    """A Python that was given. Raises UsageError if it has no Gradio."""
    found = _run([str(python), "-c", "import gradio, uvicorn"])
    if found:
        raise UsageError(f"{python} cannot run a Gradio board: {found}. Give another --gradio.")
    return python


def ensure(folder: Path, say: Say) -> Path:
    """Make the environment in a folder if it is not ready; its Python. Raises TakeoverError."""
    python, stamp = python_of(folder), folder / _STAMP
    wanted = _wanted_stamp()
    if python.exists() and stamp.is_file() and stamp.read_text() == wanted:
        return python
    if folder.exists() and not (folder / "pyvenv.cfg").is_file() and any(folder.iterdir()):
        raise TakeoverError(f"{folder} exists and is not a virtual environment. Move it away.")
    say(f"Creating an environment with Gradio in {folder} (500 MB, a minute, once) ...")
    pip = [str(python), "-m", "pip", "--disable-pip-version-check", "install", "-q"]
    for command in (
        [sys.executable, "-m", "venv", "--clear", str(folder)],
        [*pip, "--require-hashes", "-r", str(LOCK)],
    ):
        error = _run(command)
        if error:
            raise TakeoverError(f"Gradio could not be installed: {error}")
    write_file(stamp, wanted.encode())
    return python


def _wanted_stamp() -> str:
    version = f"python {sys.version_info.major}.{sys.version_info.minor}"
    return f"{sha256(LOCK.read_bytes()).hexdigest()} {version}"


def _run(command: Sequence[str]) -> str:
    """Why a command failed; empty if it did not."""
    try:
        done = subprocess.run(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
        )
    except OSError as error:
        return str(error)
    lines = done.stdout.decode(errors="replace").splitlines()[-_LAST_LINES:]
    return "\n".join(lines) if done.returncode else ""
