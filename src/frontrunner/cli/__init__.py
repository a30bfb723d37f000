"""The `frontrunner` command. stdout is data, stderr is talk.

Exit codes: 0 done; 1 something failed; 2 the request was wrong; 3 a catalog or source cannot be
read; 4 a snapshot cannot be built or is damaged; 5 an evaluation did not finish; 130 interrupted.
"""

from __future__ import annotations

import sys

from frontrunner.cli.app import app
from frontrunner.cli.output import stderr
from frontrunner.errors import FrontrunnerError


def main() -> None:
    """Run the command line; print an error meant for the user without a traceback."""
    try:
        app()
    except FrontrunnerError as error:
        stderr.print(f"[bold red]error:[/] {error}", highlight=False)
        sys.exit(error.code)
    except KeyboardInterrupt:
        stderr.print("interrupted")
        sys.exit(130)
