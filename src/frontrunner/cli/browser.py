"""Show a page in the user's browser, for `--open`."""

from __future__ import annotations

import subprocess
import sys

_PROGRAM = """
import sys, webbrowser
if not webbrowser.open(sys.argv[1]):
    sys.stderr.write(f"No browser could be started. Open {sys.argv[1]}\\n")
"""


def open_browser(url: str) -> subprocess.Popen[bytes]:
    """Open `url` in the default browser.

    From a process of its own: starting a browser may take seconds, and a thread would not survive
    that a server makes its workers by forking.
    """
    return subprocess.Popen([sys.executable, "-c", _PROGRAM, url], start_new_session=True)
