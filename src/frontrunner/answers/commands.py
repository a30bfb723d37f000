"""The commands of mteb that make results."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence

_COMMIT = re.compile(r"[0-9a-f]{7,64}")
_RELEASE = re.compile(r"\d+(\.\d+){1,3}")


def run_command(
    model: str,
    tasks: Sequence[str],
    revision: str | None = None,
    mteb_version: str | None = None,
) -> str:
    """The command of mteb that evaluates a model on tasks; empty for none.

    A revision that is no commit, and a version that is no release, cannot be asked for: they are
    left out.
    """
    if not tasks:
        return ""
    run = f"mteb run -m {shlex.quote(model)} -t {' '.join(map(shlex.quote, tasks))}"
    if revision and _COMMIT.fullmatch(revision):
        run += f" --model_revision {revision}"
    if mteb_version and _RELEASE.fullmatch(mteb_version):
        return f"pip install mteb=={mteb_version}\n{run}"
    return run
