"""Where two answers differ in meaning, and whether that is more than the old board's own noise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from frontrunner.checks.contract.shape import Shape, added, lost
from frontrunner.gateway.shadow.canon import Canon, Row

TOLERANCE = 0.00005
"""Half a unit of the last decimal that a board prints."""
Outcome = Literal["same", "noisy", "ignored", "old_failed", "different"]


@dataclass(frozen=True)
class Difference:
    """One way in which the other answer differs."""

    kind: Literal["status", "form", "missing", "extra", "score", "rank", "shape", "title", "links"]
    where: str
    """The model, the place in the JSON, or empty."""
    text: str
    """For people: the one value and the other."""

    @property
    def place(self) -> tuple[str, str]:
        """What is compared with noise: the same kind at the same place, with any values."""
        return self.kind, self.where


@dataclass(frozen=True)
class Compared:
    """The verdict on one request, before rules are applied."""

    differences: tuple[Difference, ...]
    """What the new board's answer has beyond noise."""
    noisy: bool
    """Whether the old board differed from itself where the new one differs."""


def compare(old: Canon, again: Canon, new: Canon) -> Compared:
    """Hold the new board's answer against the old board's two."""
    noise = {one.place for one in differences(old, again)}
    found = differences(old, new)
    left = tuple(one for one in found if one.place not in noise)
    return Compared(left, noisy=len(left) < len(found))


def only_old_failed(old: int, again: int, new: int) -> bool:
    """Whether the old board failed where the new one did not, by their statuses.

    Then nothing is known of the new board: the old one gave no answer to hold it against.
    """
    return new < 500 <= max(old, again)


def differences(one: Canon, other: Canon) -> list[Difference]:
    """All ways in which `other` differs from `one`; the status first, and alone if it differs."""
    if one.status // 100 != other.status // 100:
        return [Difference("status", "", f"{one.status} against {other.status}")]
    if one.status >= 400:
        return []
    return _of_bodies(one, other)


def _of_bodies(one: Canon, other: Canon) -> list[Difference]:
    if one.rows is not None and other.rows is not None:
        return _of_rows(one.rows, other.rows)
    if one.shape is not None and other.shape is not None:
        return _of_shapes(one.shape, other.shape)
    if one.title is not None and other.title is not None:
        return _of_pages(one, other)
    if _form(one) != _form(other):
        return [Difference("form", "", f"{_form(one)} against {_form(other)}")]
    return [] if one.digest == other.digest else [Difference("form", "", "other bytes")]


def _form(canon: Canon) -> str:
    if canon.rows is not None:
        return "a board"
    if canon.shape is not None:
        return "JSON"
    return "a page" if canon.title is not None else "other content"


def _of_rows(one: dict[str, Row], other: dict[str, Row]) -> list[Difference]:
    found = [Difference("missing", name, "not there") for name in sorted(one.keys() - other.keys())]
    found += [Difference("extra", name, "only there") for name in sorted(other.keys() - one.keys())]
    for name in sorted(one.keys() & other.keys()):
        found += _of_row(name, one[name], other[name])
    return found


def _of_row(name: str, one: Row, other: Row) -> list[Difference]:
    found = []
    if (one.score is None) != (other.score is None) or (
        one.score is not None
        and other.score is not None
        and abs(one.score - other.score) > TOLERANCE
    ):
        found.append(
            Difference("score", name, f"{_shown(one.score)} against {_shown(other.score)}")
        )
    if one.rank != other.rank and one.rank is not None and other.rank is not None:
        found.append(Difference("rank", name, f"{one.rank} against {other.rank}"))
    return found


def _shown(score: float | None) -> str:
    return "none" if score is None else f"{score * 100:.2f}"


def _of_shapes(one: Shape, other: Shape) -> list[Difference]:
    found = [Difference("shape", place, "gone") for place in lost(one, other)]
    return found + [Difference("shape", place, "new") for place in added(one, other)]


def _of_pages(one: Canon, other: Canon) -> list[Difference]:
    found = []
    if one.title != other.title:
        found.append(Difference("title", "", f"{one.title!r} against {other.title!r}"))
    gone = (one.links or frozenset()) - (other.links or frozenset())
    if gone:
        few = ", ".join(sorted(gone)[:5])
        found.append(Difference("links", "", f"{len(gone)} gone, such as {few}"))
    return found
