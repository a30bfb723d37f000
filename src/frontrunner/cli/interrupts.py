"""What Ctrl-C left behind, in one line: what was done, and what was not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from frontrunner.base.errors import StoppedError

LEAVES = {
    "backup": "A backup gets its name only when it is complete.",
    "catalog": "Nothing was changed: the command only reads.",
    "contract check": "Nothing was changed, and no verdict was reached.",
    "contract record": "The record is not complete. Run the same command again.",
    "diff": "Nothing was changed: the command only reads.",
    "doctor": "Nothing was changed: the command only reads.",
    "ingest": "Nothing was built or published: the command only reports.",
    "legacy unpack": "The folder of result files appears only when it is complete.",
    "legacy write": "The new folder appears only when it is complete.",
    "parity": "No gate was decided, and the report is not complete.",
    "prepare": "The answers are not prepared; servers compute each on request.",
    "prune": "Each snapshot is removed or kept as a whole. The same command removes the rest.",
    "restore": "The home appears only when it is complete.",
    "store pull": (
        "The home switches to another snapshot in one step. Run the same command again to continue."
    ),
    "store push": (
        "The store switches to another snapshot in one step. Run the same command "
        "again to continue."
    ),
    "verify": "Nothing was changed: the command only reads.",
}
"""What holds after each command, at whatever moment it was stopped."""

_steps: list[str] = []


def began(step: str) -> None:
    """A step begins."""
    _steps[:] = [step]


def ended() -> None:
    """The step is over."""
    _steps.clear()


def interrupted(words: Sequence[str] = ()) -> str:
    """The line about a command that was stopped; `words` are those it was called with."""
    plain = [one for one in words if not one.startswith("-")][:2]
    left = LEAVES.get(" ".join(plain)) or LEAVES.get(plain[0] if plain else "") or ""
    during = f" while {_steps[0][:1].lower()}{_steps[0][1:]}" if _steps else ""
    ended()  # another command of this process has steps of its own
    return f"Interrupted{during}. {left}".rstrip()


@contextmanager
def interruptible(left: Callable[[], str]) -> Iterator[None]:
    """Turn Ctrl-C within the block into one line; `left` says what was done and what was not."""
    try:
        yield
    except KeyboardInterrupt:
        raise StoppedError(f"{interrupted()} {left()}") from None
