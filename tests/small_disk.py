"""A disk of a few kilobytes, in memory, for the tests of a full one."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def small_disk(at: Path, size: str) -> Iterator[Path]:
    """Mount a disk at `at`; the test is skipped for a user who may not."""
    at.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(at)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("only root may mount a disk")
    try:
        yield at
    finally:
        # Lazily: the traceback of an error may still hold a mapped file.
        subprocess.run(["umount", "-l", str(at)], check=True)  # noqa: S607
