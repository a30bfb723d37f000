"""Ask the name of a board again and again, as its users do: past the client and the controller."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping

import msgspec

from frontrunner.base.errors import NetworkError
from frontrunner.net.client import Answer, Limits, get

_LIMITS = Limits(seconds=10.0, size=16 * 1024 * 1024, redirects=3, private=True)
_SHOWN = 20
_SIDE = "x-frontrunner-side"
_VISITORS = 5
"""At each look, if a gateway answers."""


class Gap(msgspec.Struct, frozen=True, kw_only=True):
    """A moment without a running board, or with fewer likes or discussions than before."""

    at: float
    what: str


class Served(msgspec.Struct, frozen=True, kw_only=True):
    """From when on the name showed which board, and where."""

    at: float
    board: str
    """`old`, `new`, or `both` while a gateway shows one to some visitors and one to others."""
    live: str
    repo: str
    """The repository that the name led to."""


class Observed(msgspec.Struct, frozen=True, kw_only=True):
    """What an observer saw."""

    looks: int
    gaps: tuple[Gap, ...]
    served: tuple[Served, ...]
    likes: tuple[int, int]
    """At first, and the fewest."""
    discussions: tuple[int, int]
    """The same."""
    visitors: tuple[int, int] = (0, 0)
    """Those that came through a gateway, and those of them that got the new board."""

    @property
    def always_ran(self) -> bool:
        """Whether the name had a running board at every look."""
        return self.looks > 0 and not self.gaps

    @property
    def kept_engagement(self) -> bool:
        """Whether likes and discussions were never fewer than at first."""
        return self.likes[0] == self.likes[1] and self.discussions[0] == self.discussions[1]

    @property
    def kept_address(self) -> bool:
        """Whether the live address and the repository stayed the same."""
        return len({(one.live, one.repo) for one in self.served}) == 1


class _Space(msgspec.Struct):
    id: str
    host: str = ""
    likes: int = 0


class _Discussions(msgspec.Struct):
    count: int = 0


class _Seen(msgspec.Struct):
    board: str
    sides: tuple[str, ...]
    """The boards that visitors got through a gateway; none without one."""
    space: _Space
    discussions: int


class NameObserver:
    """A thread that looks at a name on a Hub."""

    def __init__(self, endpoint: str, name: str, every: float = 0.1) -> None:
        self._api, self._every = f"{endpoint}/api/spaces/{name}", every
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="name-observer", daemon=True)
        self._looks = 0
        self._gaps: list[Gap] = []
        self._served: list[Served] = []
        self._likes: list[int] = []
        self._discussions: list[int] = []
        self._sides: list[str] = []

    def __enter__(self) -> NameObserver:
        """Look once, then again and again until the block ends."""
        self.look()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Look once more, and end."""
        self._stop.set()
        self._thread.join(60)
        self.look()

    def look(self) -> None:
        """Look once. A name that is being renamed may answer at the second try."""
        at = time.time()
        try:
            try:
                seen = self._seen()
            except (NetworkError, ValueError):
                seen = self._seen()
        except (NetworkError, ValueError) as error:
            self._gaps.append(Gap(at=at, what=str(error)))
        else:
            self._note(at, seen)
        self._looks += 1

    def result(self) -> Observed:
        """What was seen so far."""
        return Observed(
            looks=self._looks,
            gaps=tuple(self._gaps[:_SHOWN]),
            served=tuple(self._served),
            likes=_first_and_least(self._likes),
            discussions=_first_and_least(self._discussions),
            visitors=(len(self._sides), self._sides.count("new")),
        )

    def _run(self) -> None:
        while not self._stop.wait(self._every):
            self.look()

    def _note(self, at: float, seen: _Seen) -> None:
        self._likes.append(seen.space.likes)
        self._discussions.append(seen.discussions)
        self._sides += seen.sides
        now = Served(at=at, board=seen.board, live=seen.space.host, repo=seen.space.id)
        last = self._served[-1] if self._served else None
        if last is None or msgspec.structs.replace(now, at=last.at) != last:
            self._served.append(now)

    def _seen(self) -> _Seen:
        """Raises NetworkError or ValueError if there is no running board."""
        space = msgspec.json.decode(_ok(self._api).body, type=_Space)
        count = msgspec.json.decode(_ok(f"{self._api}/discussions").body, type=_Discussions).count
        sides = tuple(self._sides_of(f"{space.host}/"))
        if sides:
            return _Seen("both", sides, space, count)
        is_new = get(f"{space.host}/v1/snapshot", _LIMITS).status == 200
        return _Seen("new" if is_new else "old", (), space, count)

    def _sides_of(self, url: str) -> Iterator[str]:
        """The boards that some visitors get, each with a browser of its own."""
        for number in range(_VISITORS):
            agent = {"User-Agent": f"visitor {self._looks * _VISITORS + number}"}
            side = _ok(url, agent).headers.get(_SIDE)
            if side is None:
                return
            yield side


def _ok(url: str, headers: Mapping[str, str] | None = None) -> Answer:
    answer = get(url, _LIMITS, headers)
    if answer.status != 200:
        raise ValueError(f"{url} answered {answer.status}")
    return answer


def _first_and_least(counts: list[int]) -> tuple[int, int]:
    return (counts[0], min(counts)) if counts else (0, 0)
