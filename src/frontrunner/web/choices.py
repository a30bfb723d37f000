"""What readers rank a board by: read from an address, written into one, and from a form."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple
from urllib.parse import quote, urlencode

from frontrunner.answers import weights
from frontrunner.answers.filters import RankRequest

SEPARATOR = "~"
LISTS = ("languages", "types", "domains", "tasks", "subsets")
WEIGH = "weigh"
"""The parameter of an address with all weights, and what the name of a form's field begins with."""
PARAMETERS = frozenset({*LISTS, WEIGH, "policy"})
APPLY = "apply"
"""The button of the form."""
_TYPED = frozenset({"languages", "subsets"})
"""Lists that readers type with commas."""


class Choices(NamedTuple):
    """What a board is ranked by; empty lists mean all."""

    languages: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    tasks: tuple[str, ...] = ()
    subsets: tuple[str, ...] = ()
    weigh: tuple[str, ...] = ()
    """`name:number`"""
    lenient: bool = False

    @property
    def is_board(self) -> bool:
        """Whether nothing is chosen, so that the board ranks as it is."""
        return self == Choices()

    @property
    def weights(self) -> Mapping[str, str]:
        """Name of a type or task -> its weight as it was written."""
        return dict(weights.split(one) for one in self.weigh)

    @property
    def asked(self) -> Mapping[str, str]:
        """The parameters that name these choices, each value once: every row's link has them."""
        lists = {name: getattr(self, name) for name in LISTS}
        weigh = tuple(f"{name}:{number}" for name, number in self.weights.items())
        found = {name: SEPARATOR.join(some) for name, some in (*lists.items(), (WEIGH, weigh))}
        policy = {"policy": "lenient"} if self.lenient else {}
        return {name: value for name, value in found.items() if value} | policy

    @property
    def narrowing(self) -> tuple[str, ...]:
        """The values that leave tasks or parts of them out."""
        return tuple(value for name in LISTS for value in getattr(self, name))

    def request(self, board: str) -> RankRequest:
        """What `/v1/rank` is asked for."""
        return RankRequest(
            benchmark=board,
            tasks=self.tasks,
            languages=self.languages,
            subsets=self.subsets,
            types=self.types,
            domains=self.domains,
            weights=self.weigh,
            policy="lenient" if self.lenient else "strict",
            bands=True,
        )


def read(query: Mapping[str, str]) -> Choices:
    """The choices that an address names."""
    lists = {name: _listed(name, query.get(name, "")) for name in (*LISTS, WEIGH)}
    return Choices(**lists, lenient=query.get("policy") == "lenient")


def without(query: Mapping[str, str], names: Collection[str]) -> str:
    """A query without some parameters; empty, or beginning with `?`."""
    return written((key, value) for key, value in query.items() if key not in names)


def written(pairs: Iterable[tuple[str, str]]) -> str:
    """A query; empty, or beginning with `?`."""
    kept = [(key, value) for key, value in pairs if value]
    return f"?{urlencode(kept, safe=SEPARATOR + ':', quote_via=quote)}" if kept else ""


def from_form(pairs: Sequence[tuple[str, str]]) -> str:
    """The query for what a reader filled in: each list in one parameter, no weight of 1."""
    found: dict[str, list[str]] = {}
    for key, value in pairs:
        name, dot, of = key.partition(".")
        if name == WEIGH and dot:
            weight = value.strip()
            if weight and weights.number(weight) != 1:
                found.setdefault(WEIGH, []).append(f"{of}:{weight}")
        elif key in _TYPED:  # the name of a language may have commas: they stay as they are
            found[key] = [value.strip()]
        elif key in LISTS:
            found.setdefault(key, []).extend(_listed(key, value))
        elif key != APPLY:
            found[key] = [value.strip()]
    return written((key, SEPARATOR.join(dict.fromkeys(some))) for key, some in found.items())


def _listed(name: str, text: str) -> tuple[str, ...]:
    if name in _TYPED:
        text = text.replace(",", SEPARATOR)
    pieces = (one.strip() for one in text.split(SEPARATOR))
    return tuple(dict.fromkeys(piece for piece in pieces if piece))
