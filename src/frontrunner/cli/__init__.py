"""The `frontrunner` command. stdout is data, stderr is talk.

Exit codes: 0 done; 1 something failed; 2 the request was wrong; 3 a catalog or source cannot be
read; 4 a snapshot cannot be built or is damaged; 5 an evaluation did not finish; 6 the gateway;
7 the take-over; 8 the Hub; 9 an update waits for a person, or readers do not have it; 10 the
ledger of a take-over; 11 the object storage; 130 interrupted.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from concurrent.futures import BrokenExecutor
from importlib import import_module

from frontrunner.base.errors import (
    HELPER_ENDED,
    FrontrunnerError,
    StoppedError,
    WrongSettingError,
)
from frontrunner.cli.groups import GROUPS, MODULES

__all__ = ["GROUPS", "MODULES", "load_commands", "main"]

INTERRUPTED = 130


def load_commands(words: Sequence[str]) -> None:
    """Import the module of the command in `words`, or all of them if it names none.

    A server must start in half a second, so it does not import what building needs.
    """
    asked = next((MODULES[word] for word in words if word in MODULES), None)
    for module in [asked] if asked else dict.fromkeys(MODULES.values()):
        import_module(f"frontrunner.cli.{module}")


def main() -> None:
    """Run the command line; print an error meant for the user without a traceback."""
    # Not at the top: each worker process imports this module when it starts.
    from frontrunner.base.logs import as_told  # noqa: PLC0415

    try:
        with as_told():
            code = _run()
    except KeyboardInterrupt:
        _say_interrupted()
        code = INTERRUPTED
    sys.exit(code)


def _say_interrupted() -> None:
    from frontrunner.cli.hints import with_home  # noqa: PLC0415
    from frontrunner.cli.interrupts import interrupted  # noqa: PLC0415
    from frontrunner.cli.output import say_stop  # noqa: PLC0415

    say_stop(with_home(interrupted(sys.argv[1:])))


def _run() -> int:
    """Run the command of `sys.argv`; its exit code."""
    from frontrunner.base.config import chosen_home, correct_in  # noqa: PLC0415
    from frontrunner.cli.command_line import command_line  # noqa: PLC0415
    from frontrunner.cli.hints import given_home, with_home  # noqa: PLC0415
    from frontrunner.cli.output import complain, forget_volume, say_stop, show_trace  # noqa: PLC0415

    code = 1
    forget_volume()
    try:
        load_commands(sys.argv[1:2])
        command_line()()
    except StoppedError as error:
        say_stop(with_home(str(error)))
        code = error.code
    except WrongSettingError as error:
        complain("error", f"{error} {correct_in(chosen_home(given_home()), 'gateway', error.key)}")
        code = error.code
    except FrontrunnerError as error:
        complain("error", error)
        show_trace()
        code = error.code
    except OSError as error:
        # A full disk, a folder without permission: a traceback would not help.
        complain("error", f"{error.filename or 'The system'}: {error.strerror or error}")
        show_trace()
    except BrokenExecutor:
        complain("error", HELPER_ENDED)
    except SystemExit as ended:
        # Typer ends an interrupted command in this way, without a word.
        if ended.code != INTERRUPTED:
            raise
        raise KeyboardInterrupt from None
    return code
