"""The environment without the settings of a real board, for rehearsals.

A variable outranks a settings file. With those of the user's own board a rehearsal would ask its
Hub, write into its ledger and call its people.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager

_SETTINGS = ("FRONTRUNNER_", "HF_", "HUGGING_FACE_")
_KEPT = ("FRONTRUNNER_LOGGING_",)


@contextmanager
def without_settings(environ: MutableMapping[str, str] = os.environ) -> Iterator[None]:
    """Hide the settings and tokens in the environment while the block runs, also from processes."""
    hidden = {
        name: environ.pop(name)
        for name in list(environ)
        if name.startswith(_SETTINGS) and not name.startswith(_KEPT)
    }
    try:
        yield
    finally:
        environ.update(hidden)
