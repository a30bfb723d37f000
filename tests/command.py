"""Run `frontrunner` in this process: a process of its own takes most of a second to begin."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path
from unittest.mock import patch

import pytest

from frontrunner.cli import main


def run_command(
    *words: str, folder: Path | None = None, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Its exit code and what it printed, as `subprocess.run` gives them.

    In `folder` if given, with the variables of `env` besides those of this process.
    """
    out, errors = _stream(), _stream()
    with (
        chdir(folder or "."),
        patch.dict(os.environ, env or {}),
        patch.object(sys, "argv", ["frontrunner", *words]),
        patch.object(sys, "stdin", io.StringIO()),
        redirect_stdout(out),
        redirect_stderr(errors),
        pytest.raises(SystemExit) as ended,
    ):
        main()
    code = ended.value.code
    number = code if isinstance(code, int) else int(bool(code))
    return subprocess.CompletedProcess(words, number, _text(out), _text(errors))


def _stream() -> io.TextIOWrapper:
    """A stream with a buffer for bytes, as those of a process have."""
    return io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="", write_through=True)


def _text(stream: io.TextIOWrapper) -> str:
    stream.flush()
    stream.seek(0)
    return stream.read()
