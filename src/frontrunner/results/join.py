"""Join the revisions of each model: which file stands for a model's score on a task.

mteb's rules, as its leaderboard applies them. Of several files for one model, experiment and
task, the one stands that

1. was made with the model's main revision, which the catalog names;
2. says with which mteb version it was made;
3. was made with a revision that is known at all;
4. was made with the newest mteb version;
5. comes first by path, so that the outcome never depends on the order of files on a disk.

The rest become rejects with the reason `superseded`, so that no file vanishes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from packaging.version import InvalidVersion, Version

from frontrunner.catalog import Catalog
from frontrunner.results.chunk import Chunk, FileInfo
from frontrunner.results.collecting import collector_paused
from frontrunner.results.formats import Cell
from frontrunner.results.layout import EXPERIMENTS, Identity, experiment_name, identity_of_folder
from frontrunner.results.rejects import Reason, Reject
from frontrunner.results.table import CellKey, FileOrigin, ScoreTable, Variant

_NO_REVISION = frozenset({"no_revision_available", "external"})
_OLDEST = Version("0.dev0")
_LONGEST_VERSION = 100


@lru_cache(maxsize=4096)
def parse_version(text: str | None) -> Version | None:
    """An mteb version that can be compared; None for none, and for ranges and prose."""
    # Numbers of thousands of digits are valid versions by the letter; Python refuses to read them.
    if text is None or len(text) > _LONGEST_VERSION:
        return None
    try:
        return Version(text)
    except InvalidVersion:
        return None


def preference(
    revision: str, mteb_version: str | None, main_revision: str | None
) -> tuple[bool, bool, bool, Version]:
    """How much a file is preferred; the larger stands. See the rules in the module's docstring."""
    version = parse_version(mteb_version)
    return (
        revision == main_revision,
        version is not None,
        revision not in _NO_REVISION,
        version or _OLDEST,
    )


class _Candidate(NamedTuple):
    number: int
    """Counted over all chunks."""
    info: FileInfo
    identity: Identity


class Joined(NamedTuple):
    """The rows that stand, the files they came from, and the files that do not stand."""

    table: ScoreTable
    origins: list[FileOrigin]
    rejects: list[Reject]


def join(chunks: Sequence[Chunk], catalog: Catalog) -> Joined:
    """Choose the files that stand and sort their rows into a `ScoreTable`."""
    rejects: list[Reject] = []
    with collector_paused():
        standing = _standing(_candidates(chunks, catalog, rejects), catalog, rejects)
        table = _table(_concatenate(chunks), standing)
        return Joined(table, [_origin(one) for one in standing], rejects)


# --- which files stand --------------------------------------------------------------------------


def _candidates(
    chunks: Sequence[Chunk], catalog: Catalog, rejects: list[Reject]
) -> list[_Candidate]:
    """All readable files in the order of their paths, with whose results they are."""
    found: list[_Candidate] = []
    said = {path: one for chunk in chunks for path, one in chunk.identities.items()}
    identities: dict[str, Identity | Reason] = {}
    first = 0
    for chunk in chunks:
        for number, info in enumerate(chunk.files, start=first):
            identity = identities.get(info.folder)
            if identity is None:
                identity = _identity(info.folder, said, catalog)
                identities[info.folder] = identity
            if isinstance(identity, Reason):
                rejects.append(Reject(info.path, identity))
            else:
                found.append(_Candidate(number, info, identity))
        first += len(chunk.files)
    return sorted(found, key=lambda one: one.info.path)


def _identity(
    folder: str, identities: Mapping[str, Identity], catalog: Catalog
) -> Identity | Reason:
    identity = identities.get(folder)
    if identity is None:
        if f"/{EXPERIMENTS}/" in folder:
            return Reason.NO_MODEL_META
        identity = identity_of_folder(folder)
    return identity if identity.model in catalog.model_by_name else Reason.UNKNOWN_MODEL


def _standing(
    candidates: Sequence[_Candidate], catalog: Catalog, rejects: list[Reject]
) -> list[_Candidate]:
    """The file that stands for each model, experiment and task; the others become rejects."""
    rivals: dict[tuple[str, str, str], list[_Candidate]] = {}
    for one in candidates:
        key = (one.identity.model, one.identity.run, one.info.task)
        rivals.setdefault(key, []).append(one)
    standing = []
    for (model, _, _), group in rivals.items():
        best = group[0]
        if len(group) > 1:
            main = catalog.model_by_name[model].revision
            best = max(group, key=lambda one: _preference(one, main))
            rejects.extend(
                Reject(one.info.path, Reason.SUPERSEDED, best.info.path)
                for one in group
                if one is not best
            )
        standing.append(best)
    return standing


def _preference(one: _Candidate, main: str | None) -> tuple[bool, bool, bool, Version]:
    return preference(one.identity.revision, one.info.mteb_version, main)


# --- their rows, sorted ---------------------------------------------------------------------------


class _Rows(NamedTuple):
    """The rows of all chunks, with one numbering of what repeats."""

    file: NDArray[np.int64]
    place: NDArray[np.int64]
    """Index into `places`."""
    languages: NDArray[np.int64]
    """Index into `language_sets`."""
    score: NDArray[np.float64]
    places: list[tuple[str, str]]
    """Split and subset."""
    language_sets: list[tuple[str, ...]]


def _concatenate(chunks: Sequence[Chunk]) -> _Rows:
    # Sorted, so that the numbers do not depend on how files were shared among workers.
    places = sorted({cell[:2] for chunk in chunks for cell in chunk.cells})
    sets = sorted({cell[2] for chunk in chunks for cell in chunk.cells})
    place_number = {place: number for number, place in enumerate(places)}
    set_number = {codes: number for number, codes in enumerate(sets)}
    counts = [info.rows for chunk in chunks for info in chunk.files]

    def renumber(one: Callable[[Cell], int]) -> NDArray[np.int64]:
        return _joined(
            np.array([one(cell) for cell in chunk.cells], dtype=np.int64)[chunk.row_cell]
            for chunk in chunks
            if chunk.cells
        )

    return _Rows(
        file=np.repeat(np.arange(len(counts)), counts),
        place=renumber(lambda cell: place_number[cell[:2]]),
        languages=renumber(lambda cell: set_number[cell[2]]),
        score=_joined(np.array(chunk.row_score) for chunk in chunks).astype(np.float64),
        places=places,
        language_sets=sets,
    )


def _joined(parts: Iterable[NDArray[Any]]) -> NDArray[Any]:
    return np.concatenate([np.empty(0, dtype=np.int64), *parts])


def _table(rows: _Rows, standing: Sequence[_Candidate]) -> ScoreTable:
    tasks = sorted({one.info.task for one in standing})
    task_number = {name: number for number, name in enumerate(tasks)}
    of_folder = {one.info.folder: _variant(one.identity) for one in standing}
    variants = sorted({v[:2]: v for v in of_folder.values()}.items())
    variant_number = {key: number for number, (key, _) in enumerate(variants)}
    folder_number = {name: variant_number[v[:2]] for name, v in of_folder.items()}

    kept, file = _rows_of(rows, standing)
    file_task = np.array([task_number[one.info.task] for one in standing], dtype=np.int64)
    file_variant = np.array([folder_number[one.info.folder] for one in standing], dtype=np.int64)
    cell_code = file_task[file] * max(1, len(rows.places)) + rows.place[kept]
    codes, cell = np.unique(cell_code, return_inverse=True)
    # Stable, so that the rows of one variant keep the order of their file.
    order = np.lexsort((file, file_variant[file], file_task[file]))
    sorted_cell = cell[order].astype(np.int32)
    rows_by_cell = np.argsort(sorted_cell, kind="stable").astype(np.int32)
    return ScoreTable(
        variants=tuple(variant for _, variant in variants),
        tasks=tuple(tasks),
        cells=tuple(
            CellKey(tasks[code // len(rows.places)], *rows.places[code % len(rows.places)])
            for code in codes.tolist()
        ),
        language_sets=tuple(rows.language_sets),
        task_start=np.searchsorted(file_task[file][order], np.arange(len(tasks) + 1)),
        variant=file_variant[file][order].astype(np.int32),
        cell=sorted_cell,
        score=rows.score[kept][order],
        languages=rows.languages[kept][order].astype(np.int32),
        file=file[order].astype(np.int32),
        cell_start=np.searchsorted(sorted_cell[rows_by_cell], np.arange(len(codes) + 1)),
        rows_by_cell=rows_by_cell,
    )


def _rows_of(
    rows: _Rows, standing: Sequence[_Candidate]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Positions of the rows that stand, and for each the number of its file in `standing`."""
    files = int(rows.file[-1]) + 1 if len(rows.file) else 0
    number = np.full(files, -1, dtype=np.int64)
    number[[one.number for one in standing]] = np.arange(len(standing))
    file = number[rows.file]
    kept = np.flatnonzero(file >= 0)
    return kept, file[kept]


def _variant(identity: Identity) -> Variant:
    if identity.experiment is None:
        return Variant(identity.model, "")
    return Variant(identity.model, experiment_name(identity.experiment), identity.experiment)


def _origin(one: _Candidate) -> FileOrigin:
    info = one.info
    return FileOrigin(info.path, one.identity.revision, info.mteb_version, info.dataset_revision)
