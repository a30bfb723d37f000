"""The past of every board and model: a small table that grows by each snapshot that is published.

`HOME/past/standings` has one file for each snapshot, with the rank of every model. It stays when
its snapshot is removed. `HOME/past/timeline` is made of all of them: one entry for each board and
each model, which a server reads alone, so that no old snapshot is opened to show the past.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import NamedTuple, TypeVar

import msgspec
import zstandard

from frontrunner.base.atomic import fresh_folder, locked, sweep, write_file
from frontrunner.base.errors import CorruptSnapshotError, SnapshotError
from frontrunner.base.home import Home
from frontrunner.snapshot.answers import JSON, AnswerPack, compressed_only, write_pack
from frontrunner.snapshot.made_by import this_program
from frontrunner.snapshot.manifest import Seconds
from frontrunner.snapshot.reader import Snapshot
from frontrunner.snapshot.standings import Standing, Standings, standings
from frontrunner.snapshot.timeline import BoardPast, ModelPast, Timeline

_FORMAT = 1
_PATIENCE = 60.0
_LARGEST = 256 * 1024 * 1024
POINTS = "points"
_SOURCES = "sources"
_Value = TypeVar("_Value")


class Point(msgspec.Struct, frozen=True, kw_only=True):
    """One snapshot of the past."""

    snapshot: str
    at: Seconds
    """The moment that it shows, in seconds since the epoch."""
    commits: tuple[str, ...] = ()
    """The commits of its sources."""
    models: int = 0
    scores: int = 0


class _Head(msgspec.Struct, frozen=True, array_like=True):
    format: int
    point: Point


class _Kept(_Head, frozen=True, array_like=True):
    names: list[str]
    boards: dict[str, tuple[list[int], list[int], list[float | None]]]
    """Board -> the numbers of the models among `names`, their ranks and their means."""


class _Sources(msgspec.Struct, frozen=True, array_like=True):
    """What a timeline was made of."""

    made_by: str
    """The stamp of the program."""
    files: list[tuple[str, int, int]]
    """[points] The snapshot, and size and time of the file of where its models stood."""


_AnyHead = TypeVar("_AnyHead", bound=_Head)


class Moment(NamedTuple):
    """A snapshot of the past, and how its boards were."""

    point: Point
    standings: Standings


def remember(home: Home, snapshot: Snapshot) -> bool:
    """Store the rank of every model in a snapshot; False if that is stored already.

    Raises SnapshotError if it cannot be written.
    """
    path = home.standings / f"{snapshot.id}.zst"
    if path.is_file():
        return False
    found = standings(snapshot.table, snapshot.catalog)
    names: dict[str, int] = {}
    boards = {
        board: (
            [names.setdefault(model, len(names)) for model in rows],
            [one.rank for one in rows.values()],
            [one.mean for one in rows.values()],
        )
        for board, rows in found.items()
    }
    provenance = snapshot.manifest.provenance
    point = Point(
        snapshot=snapshot.id,
        at=snapshot.moment,
        commits=tuple(one.commit for one in provenance.sources if one.commit),
        models=provenance.counts.models,
        scores=provenance.counts.rows,
    )
    body = msgspec.msgpack.encode(_Kept(_FORMAT, point, list(names), boards))
    try:
        home.standings.mkdir(parents=True, exist_ok=True)
        sweep(home.standings)
        write_file(path, zstandard.ZstdCompressor(level=9).compress(body))
    except OSError as error:
        raise _not_written(home, error) from error
    return True


def moments(home: Home) -> Iterator[Moment]:
    """All snapshots of the past, oldest first; a file that cannot be read is left out."""
    found = []
    for path in home.standings.glob("[!.]*.zst") if home.standings.is_dir() else ():
        head = _read(path, _Head)
        if head is not None:
            found.append((head.point.at, head.point.snapshot, path))
    for _, _, path in sorted(found):
        kept = _read(path, _Kept)
        if kept is not None:
            yield Moment(kept.point, _standings(kept))


def _read(path: Path, kind: type[_AnyHead]) -> _AnyHead | None:
    try:
        body = zstandard.ZstdDecompressor().decompress(path.read_bytes(), _LARGEST)
        kept = msgspec.msgpack.decode(body, type=kind)
    except (OSError, zstandard.ZstdError, ValueError):
        return None
    return kept if kept.format == _FORMAT else None


def _standings(kept: _Kept) -> Standings:
    return {
        board: {
            kept.names[number]: Standing(rank, mean)
            for number, rank, mean in zip(numbers, ranks, means, strict=True)
        }
        for board, (numbers, ranks, means) in kept.boards.items()
    }


def write_timeline(home: Home) -> None:
    """Make the timeline of all that is remembered, one process at a time.

    Raises SnapshotError if it cannot be written, or if another process goes on for too long.
    """
    try:
        home.past.mkdir(parents=True, exist_ok=True)
        with timeline_locked(home):
            _write_timeline(home)
    except OSError as error:
        raise _not_written(home, error) from error


def timeline_locked(home: Home) -> AbstractContextManager[object]:
    """Keep others from writing the timeline until the block ends. Raises OSError."""
    if not home.past.is_dir():
        return nullcontext()
    return locked(home.past / "timeline.lock", wait=_PATIENCE)


def _write_timeline(home: Home) -> None:
    files = _files(home)
    points, line = _continued(home, files) or _anew(home)
    sources = [(one.snapshot, *files.get(one.snapshot, (0, 0))) for one in points]
    entries: list[tuple[str, object]] = [(POINTS, points)]
    entries += [(_SOURCES, _Sources(this_program(), sources))]
    entries += [(f"board/{name}", one) for name, one in line.boards()]
    entries += [(f"model/{name}", one) for name, one in line.models()]
    sweep(home.past)
    compress = zstandard.ZstdCompressor(level=6).compress
    with fresh_folder(home.timeline) as fresh:
        packed = (
            (key, compressed_only(JSON, compress(msgspec.msgpack.encode(value))))
            for key, value in entries
        )
        write_pack(fresh, "timeline", packed)


def _anew(home: Home) -> tuple[list[Point], Timeline]:
    points: list[Point] = []
    line = Timeline()
    for moment in moments(home):
        points.append(moment.point)
        line.add(moment.standings)
    return points, line


def _files(home: Home) -> dict[str, tuple[int, int]]:
    """Snapshot -> size and time of the file of where its models stood."""
    found = {path.stem: path.stat() for path in home.standings.glob("[!.]*.zst")}
    return {name: (one.st_size, one.st_mtime_ns) for name, one in found.items()}


def _continued(
    home: Home, files: Mapping[str, tuple[int, int]]
) -> tuple[list[Point], Timeline] | None:
    """The timeline as it was written with what came since; equal to one that is rebuilt.

    None if it must be rebuilt: its inputs changed, another version of
    this program made it, it cannot be read, or a snapshot was added that is not newer.
    """
    try:
        past = Past(home)
        made, points = past.sources(), past.points()
        if made is None or made.made_by != this_program() or not points:
            return None
        if any(files.get(name) != (size, at) for name, size, at in made.files):
            return None
        known = {one.snapshot for one in points}
        found = [_read(home.standings / f"{name}.zst", _Kept) for name in files.keys() - known]
        fresh = sorted((one for one in found if one is not None), key=lambda one: _when(one.point))
        last = _read(home.standings / f"{points[-1].snapshot}.zst", _Kept)
        if last is None or not fresh or _when(fresh[0].point) <= _when(points[-1]):
            return None
        line = Timeline.resumed(len(points), _standings(last), past.all_boards(), past.all_models())
    except (CorruptSnapshotError, zstandard.ZstdError, LookupError, ValueError):
        return None
    for one in fresh:
        points.append(one.point)
        line.add(_standings(one))
    return points, line


def _when(point: Point) -> tuple[float, str]:
    return point.at, point.snapshot


def _not_written(home: Home, error: OSError) -> SnapshotError:
    return SnapshotError(
        f"The past of the boards could not be written to {home.past}: {error.strerror or error}. "
        "The published snapshot did not change. Free disk space, then run: frontrunner prepare"
    )


class Past:
    """The timeline of a home, as it was when this was opened."""

    def __init__(self, home: Home) -> None:
        self._pack = AnswerPack(home.timeline, "timeline") if has_past(home) else None

    def points(self) -> list[Point]:
        """All snapshots, oldest first."""
        return self._entry(POINTS, list[Point]) or []

    def board(self, name: str) -> BoardPast | None:
        """A board over time; None if it was never ranked."""
        return self._entry(f"board/{name}", BoardPast)

    def model(self, name: str) -> ModelPast | None:
        """A model over time; None if it was never on a board."""
        return self._entry(f"model/{name}", ModelPast)

    def boards(self) -> Iterable[str]:
        """The boards that were ever ranked."""
        return self._names("board/")

    def all_boards(self) -> dict[str, BoardPast]:
        """Every board over time. Raises LookupError if one cannot be read."""
        return {name: _present(self.board(name), name) for name in self._names("board/")}

    def all_models(self) -> dict[str, ModelPast]:
        """Every model over time. Raises LookupError if one cannot be read."""
        return {name: _present(self.model(name), name) for name in self._names("model/")}

    def sources(self) -> _Sources | None:
        """What it was made of; None if an earlier version of this program made it."""
        return self._entry(_SOURCES, _Sources)

    def _names(self, kind: str) -> list[str]:
        keys = self._pack.keys() if self._pack else ()
        return [key.removeprefix(kind) for key in keys if key.startswith(kind)]

    def _entry(self, key: str, kind: type[_Value]) -> _Value | None:
        found = self._pack.get(key) if self._pack else None
        return None if found is None else msgspec.msgpack.decode(found.identity, type=kind)


def _present(value: _Value | None, name: str) -> _Value:
    if value is None:
        raise LookupError(f"The past of {name} cannot be read back")
    return value


def has_past(home: Home) -> bool:
    """Whether a timeline was written."""
    return (home.timeline / "timeline.index").is_file()


def is_in_past(home: Home, snapshot: str) -> bool:
    """Whether the timeline has a snapshot; an update may be killed before it is written."""
    try:
        return any(one.snapshot == snapshot for one in Past(home).points())
    except (CorruptSnapshotError, zstandard.ZstdError, LookupError, ValueError):
        return False


def past_version(home: Home) -> str:
    """Changes whenever the timeline is written again; empty if there is none."""
    try:
        found = (home.timeline / "timeline.index").stat()
    except OSError:
        return ""
    return f"{found.st_mtime_ns:x}-{found.st_ino:x}"
