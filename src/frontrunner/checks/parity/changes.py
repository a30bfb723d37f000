"""A commit's change of one result file."""

from __future__ import annotations

from typing import NamedTuple


class Change(NamedTuple):
    """A commit that added, changed or deleted a file."""

    commit: str
    day: str
    """When it was committed, as YYYY-MM-DD."""
    before: str
    """Git's name of the content before; all zeros if there was no file."""
    after: str = "-"
    """Git's name of the content after; all zeros if the file was deleted."""

    @property
    def replaced(self) -> bool:
        """Whether there was a file before."""
        return bool(self.before.strip("0"))

    @property
    def deleted(self) -> bool:
        """Whether there is no file after."""
        return not self.after.strip("0")

    def __str__(self) -> str:
        return f"{self.commit[:10]} of {self.day}"
