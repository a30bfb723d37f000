"""Search and filters of a list, the same without scripts as with them.

The page holds every row; those that a query leaves out are hidden. So a script has all it needs
to filter again, and a copy without a server has the whole list.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from frontrunner.web.matching import matcher, plain
from frontrunner.web.script import script_json
from frontrunner.web.text import billions


class Facts(NamedTuple):
    """What filters need of one row."""

    text: str
    """What a search looks at: the words of the row in the columns marked `data-searched`."""
    values: Mapping[str, tuple[str, ...]]
    """Filter -> what the row has of it."""
    size: float | None = None
    """Billions of parameters."""
    also: str = ""
    """What a search looks at, too, but readers do not see: former names."""


class Choice(NamedTuple):
    """One filter with what can be chosen in it."""

    name: str
    chosen: str
    options: tuple[tuple[str, str, int], ...]
    """Value, what readers see, and how many rows have it."""


class Finder(NamedTuple):
    """The filters of a list, and what they leave."""

    search: str
    choices: tuple[Choice, ...]
    low: str
    high: str
    shown: tuple[bool, ...]
    facts: str
    """JSON for the script: each distinct value once, and of each row which it has."""

    @property
    def left(self) -> int:
        """How many rows are left."""
        return sum(self.shown)

    @property
    def active(self) -> int:
        """How many filters are set, not counting the search."""
        return sum(bool(one.chosen) for one in self.choices) + bool(self.low) + bool(self.high)


Label = Callable[[str, str], str]
"""Filter and value -> what readers see."""
Query = Mapping[str, str]


def find(
    query: Query, names: Sequence[str], facts: Sequence[Facts], label: Label, *, sized: bool = False
) -> Finder:
    """What `query` leaves of a list, with the filters `names` and perhaps one by size."""
    low, high = (query.get(key, "") if sized else "" for key in ("min", "max"))
    tests = [_search(query.get("q", "")), _size(billions(low), billions(high))]
    tests += [_has(name, value) for name in names if (value := query.get(name, ""))]
    return Finder(
        query.get("q", ""),
        tuple(_choice(name, query.get(name, ""), facts, label) for name in names),
        low,
        high,
        tuple(all(test(one) for test in tests) for one in facts),
        _for_script(names, facts),
    )


Test = Callable[[Facts], bool]


def _search(text: str) -> Test:
    matches = matcher(text)
    return lambda one: matches(plain(f"{one.text} {one.also}"))


def _size(low: float | None, high: float | None) -> Test:
    def test(one: Facts) -> bool:
        if low is None and high is None:
            return True
        size = one.size
        return size is not None and (low is None or size >= low) and (high is None or size <= high)

    return test


def _has(name: str, value: str) -> Test:
    """Whether a row has one of the values that `~` separates."""
    wanted = frozenset(value.split("~"))
    return lambda one: not wanted.isdisjoint(one.values.get(name, ()))


def _choice(name: str, chosen: str, facts: Iterable[Facts], label: Label) -> Choice:
    counts = Counter(value for one in facts for value in one.values.get(name, ()) if value)
    options = [(value, label(name, value), count) for value, count in counts.items()]
    return Choice(name, chosen, tuple(sorted(options, key=lambda one: (-one[2], one[1]))))


def _for_script(names: Sequence[str], facts: Sequence[Facts]) -> str:
    places: dict[str, int] = {}

    def place(value: str) -> int:
        return places.setdefault(value, len(places))

    columns = {
        name: [[place(value) for value in one.values.get(name, ())] for one in facts]
        for name in names
    }
    sizes = [one.size for one in facts]
    also = {str(place): one.also for place, one in enumerate(facts) if one.also}
    told = {"columns": columns, "names": list(places), "size": sizes, "also": also}
    return script_json(told)
