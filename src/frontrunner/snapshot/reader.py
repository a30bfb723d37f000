"""Open a snapshot: every part is read when it is first asked for."""

from __future__ import annotations

from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from frontrunner.base.errors import CorruptSnapshotError
from frontrunner.base.json import read_as
from frontrunner.catalog import Catalog
from frontrunner.catalog.stored import stored_catalog
from frontrunner.snapshot.answers import AnswerPack
from frontrunner.snapshot.icons import ICONS
from frontrunner.snapshot.manifest import BUILT, Built, Manifest, read_manifest
from frontrunner.snapshot.prepared import ANSWERS, has_answers

if TYPE_CHECKING:
    import polars as pl

    from frontrunner.ranking import Facts
    from frontrunner.results.table import ScoreTable

CATALOG = "catalog.json"
STATISTICS = "statistics"
_READ = frozenset({"catalog", "table", "facts", "statistics"})
"""What is kept of a snapshot that is opened again."""


def built_at(folder: Path) -> float:
    """When the snapshot in `folder` was built, in seconds since the epoch, for any format of it."""
    try:
        return read_as(folder / BUILT, Built).at
    except (OSError, ValueError):
        return folder.stat().st_mtime


def moment_of(folder: Path) -> float:
    """The moment that the snapshot in `folder` shows: when it was built, unless rebuilt later."""
    try:
        built = read_as(folder / BUILT, Built)
    except (OSError, ValueError):
        return folder.stat().st_mtime
    return built.at if built.of is None else built.of


class Snapshot:
    """One snapshot on disk. Opening it reads the manifest alone."""

    def __init__(self, folder: Path, *, with_answers: bool = True) -> None:
        """`with_answers` False leaves prepared answers aside, such as damaged ones.

        Raises CorruptSnapshotError if `folder` has no snapshot that can be read.
        """
        self._with_answers = with_answers
        self.folder = folder
        self.manifest: Manifest = read_manifest(folder)
        self._prepared: AnswerPack | None = None
        self._icons: AnswerPack | None = None

    def again(self, *, with_answers: bool = True) -> Snapshot:
        """The snapshot opened again with what was read of it, which must have been intact.

        Raises CorruptSnapshotError if the manifest cannot be read.
        """
        fresh = Snapshot(self.folder, with_answers=with_answers)
        fresh.__dict__.update({name: self.__dict__[name] for name in _READ & self.__dict__.keys()})
        return fresh

    def take_from(self, earlier: Snapshot) -> None:
        """Take the catalog of an earlier snapshot if it was read, and is the same byte for byte.

        Both must be intact. Reading it takes as long as every other part together.
        """
        same = self.manifest.files.get(CATALOG) == earlier.manifest.files.get(CATALOG)
        if same and "catalog" in earlier.__dict__:
            self.__dict__["catalog"] = earlier.catalog

    @property
    def id(self) -> str:
        """The name that its content gives it."""
        return self.manifest.id

    @cached_property
    def built_at(self) -> float:
        """When it was built, in seconds since the epoch."""
        return built_at(self.folder)

    @cached_property
    def moment(self) -> float:
        """The moment that it shows: when it was built, or of a rebuilt one the results' commit."""
        return moment_of(self.folder)

    @property
    def prepared(self) -> AnswerPack | None:
        """The prepared answers; None until they are made, a few seconds after publishing, and if
        another version of this program made them.
        """
        if self._prepared is None and self._with_answers and has_answers(self.folder):
            self._prepared = AnswerPack(self.folder / ANSWERS, ANSWERS)
        return self._prepared

    @property
    def icons(self) -> AnswerPack | None:
        """Icons by URL; None until the build has fetched them, or if they cannot be read."""
        if self._icons is None and (self.folder / ICONS).is_dir():
            with suppress(CorruptSnapshotError):
                self._icons = AnswerPack(self.folder / ICONS, ICONS)
        return self._icons

    @cached_property
    def statistics(self) -> AnswerPack:
        """Descriptive statistics by task, as JSON."""
        return AnswerPack(self.folder, STATISTICS)

    @cached_property
    def catalog(self) -> Catalog:
        """Tasks, benchmarks and models as they were when it was built."""
        try:
            return stored_catalog(self.folder / CATALOG)
        except (OSError, ValueError) as error:
            raise CorruptSnapshotError(
                f"{self.folder / CATALOG} cannot be read: {error}. Run: frontrunner verify"
            ) from error

    @cached_property
    def table(self) -> ScoreTable:
        """All score rows."""
        from frontrunner.snapshot.tables import open_table  # noqa: PLC0415 -- NumPy, when needed

        try:
            return open_table(self.folder)
        except (OSError, EOFError, ValueError, LookupError, TypeError, RecursionError) as error:
            raise CorruptSnapshotError(
                f"The scores in {self.folder} cannot be read: {error}. Run: frontrunner verify"
            ) from error

    @cached_property
    def facts(self) -> Facts:
        """What ranking must know of the catalog."""
        from frontrunner.ranking import Facts  # noqa: PLC0415

        return Facts.of(self.catalog)

    def frame(self, name: str) -> pl.LazyFrame:
        """One of the Parquet tables in docs/snapshots.md, such as `scores` or `files`."""
        import polars as pl  # noqa: PLC0415

        return pl.scan_parquet(self.folder / f"{name}.parquet")
