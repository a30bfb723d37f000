"""Join the revisions of each model: which file wins if a model has several for one task.

By mteb's rules, as its leaderboard applies them, the file wins that

0. is filed under the model's current name, if a team's catalog also counts a former one;
1. was made with the model's main revision, which the catalog names;
2. says with which mteb version it was made;
3. was made with a known revision;
4. was made with the newest mteb version;
5. comes first by path, so that the outcome never depends on the order of files on a disk.

Between two commits of a model, rule 5 compares hashes, so an older run can win. With
`newest=True` the newest run wins: first a file with a number, then the latest date in the file
(mteb has written dates since version 2, so a file without one is older), then the newest mteb
version, then the rules above.

The other files become rejects with the reason `superseded`. Where their scores are not the
winner's, `Joined.differences` says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray
from packaging.version import InvalidVersion, Version

from frontrunner.catalog import Catalog
from frontrunner.results.collecting import collector_paused
from frontrunner.results.files import Files, Longs
from frontrunner.results.layout import EXPERIMENTS, Identity, experiment_name, identity_of_folder
from frontrunner.results.numbers import occurring, picked
from frontrunner.results.origins import UNKNOWN, Origins, Texts
from frontrunner.results.rejects import Reason, Reject
from frontrunner.results.room import Room, in_memory
from frontrunner.results.sorted_rows import Winners, sorted_names, sorted_rows
from frontrunner.results.table import Difference, ScoreTable, Variant

NO_REVISION = frozenset({"no_revision_available", "external", "N/A"})
_NO_DATA_REVISION = frozenset({None, "", "no_revision_available", "external", "N/A", "unknown"})
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


class Joined(NamedTuple):
    """The winners' rows, the files they came from, and the other files."""

    table: ScoreTable
    origins: Origins
    rejects: list[Reject]
    """Files that did not win, and winners without a number."""
    differences: list[Difference]
    """Scores of superseded files that are not the winner's; sorted."""
    used: int
    """Winners with a number."""


def join(
    files: Files,
    identities: Mapping[str, Identity],
    catalog: Catalog,
    *,
    newest: bool = False,
    room: Room = in_memory,
) -> Joined:
    """Choose the winning files and sort their rows into a `ScoreTable`, which is kept in `room`.

    `newest` chooses the newest run instead of following mteb's rules.
    """
    with collector_paused():
        folders = _folders(files, identities, catalog)
        known = folders.model[files.folder] >= 0
        winners, duels = _winners(files, folders, known, newest)
        rejects = [*_rejected(files, folders, known), *_superseded(files, duels)]
        empty = _without_number(files)[winners]
        return Joined(
            _table(files, folders, winners, room),
            _origins(files, folders, winners, catalog),
            [*rejects, *_noted(files, winners[empty])],
            sorted(_differences(files, folders, duels)),
            int(np.count_nonzero(~empty)),
        )


# --- whose files they are -----------------------------------------------------------------------


class _Folders(NamedTuple):
    """What each folder's files are of, by the number of its name among the files' texts."""

    found: dict[int, Identity | Reason]
    model: Longs
    """[texts] A number for each model and run, in no order; -1 for what names no known model."""
    variant: Longs
    """[texts] A number for each model and experiment, sorted by both."""
    variants: list[Variant]
    preferred: Longs
    """[texts] How much a folder's files are preferred for their revision; more is better."""


def _folders(files: Files, said: Mapping[str, Identity], catalog: Catalog) -> _Folders:
    # By name, since how texts are numbered depends on what was read when.
    names = sorted(files.folders(), key=lambda number: files.texts[number] or "")
    found = {n: _identity(files.texts[n] or "", said, catalog) for n in names}
    known = {n: one for n, one in found.items() if isinstance(one, Identity)}
    runs: dict[tuple[str, str], int] = {}
    model = np.full(len(files.texts), -1)
    preferred = np.zeros(len(files.texts), dtype=np.int64)
    for number, one in known.items():
        model[number] = runs.setdefault((one.model, one.run), len(runs))
        main = catalog.model_by_name[one.model].revision
        former = _named(files.texts[number] or "", said).model != one.model
        preferred[number] = _revision_preference(one, main) + 8 * (not former)
    variants = sorted({_variant(one)[:2]: _variant(one) for one in known.values()}.items())
    place = {key: number for number, (key, _) in enumerate(variants)}
    variant = np.full(len(files.texts), -1)
    for number, one in known.items():
        variant[number] = place[_variant(one)[:2]]
    return _Folders(found, model, variant, [one for _, one in variants], preferred)


def _identity(folder: str, said: Mapping[str, Identity], catalog: Catalog) -> Identity | Reason:
    if folder not in said and f"/{EXPERIMENTS}/" in folder:
        return Reason.NO_MODEL_META
    named = _named(folder, said)
    model = catalog.model_by_former_name.get(named.model, named.model)
    if model not in catalog.model_by_name:
        return Reason.UNKNOWN_MODEL
    return msgspec.structs.replace(named, model=model)


def _named(folder: str, said: Mapping[str, Identity]) -> Identity:
    """Whose a folder's files are, under the name that it gives."""
    return said.get(folder) or identity_of_folder(folder)


def _variant(identity: Identity) -> Variant:
    if identity.experiment is None:
        return Variant(identity.model, "")
    return Variant(identity.model, experiment_name(identity.experiment), identity.experiment)


def _rejected(files: Files, folders: _Folders, known: NDArray[np.bool_]) -> Iterable[Reject]:
    for number in np.flatnonzero(~known).tolist():
        reason = folders.found[int(files.folder[number])]
        if isinstance(reason, Reason):
            yield Reject(files.paths[number], reason)


# --- which of them win --------------------------------------------------------------------------


def _revision_preference(identity: Identity, main: str | None) -> int:
    """The rules about revisions as a number: rule 1 weighs more than rule 3.

    Rule 0 adds 8, which weighs more than both.
    """
    return 4 * (identity.revision == main) + (identity.revision not in NO_REVISION)


def _version_ranks(texts: Sequence[str | None]) -> Longs:
    """[texts] The place of a version among all that occur, from 1; 0 for what is no version."""
    versions = [parse_version(text) for text in texts]
    ordered = {v: n for n, v in enumerate(sorted({v for v in versions if v is not None}), start=1)}
    return np.array([0 if v is None else ordered[v] for v in versions], dtype=np.int64)


class _Duels(NamedTuple):
    """Pairs of files for one model, experiment and task."""

    beaten: Longs
    winner: Longs


def _winners(
    files: Files, folders: _Folders, known: NDArray[np.bool_], newest: bool
) -> tuple[Longs, _Duels]:
    """The numbers of the files that win; and each of the others with the winner.

    Winners come in the order of the first path of theirs and their rivals.
    """
    number = np.flatnonzero(known)
    version = _ranks_of(files, number)
    revision = folders.preferred[files.folder[number]]
    # Rule 2 comes between the two about revisions.
    weight = (revision // 4 * 2 + (version > 0)) * 2 + revision % 4
    group = folders.model[files.folder[number]] * len(files.texts) + files.task[number]
    keys: tuple[NDArray[Any], ...] = (number, -version, -weight)
    if newest:
        dated = np.nan_to_num(files.measured[number], nan=-1.0)
        keys = (*keys, -version, -dated, _without_number(files)[number])
    order = np.lexsort((*keys, group))
    first = np.ones(len(order), dtype=bool)
    first[1:] = group[order][1:] != group[order][:-1]
    starts = np.flatnonzero(first)
    best = number[order][starts]
    beaten = np.flatnonzero(~first)
    duels = _Duels(number[order][beaten], best[np.cumsum(first)[beaten] - 1])
    earliest = np.minimum.reduceat(number[order], starts) if len(starts) else starts
    return best[np.argsort(earliest)], duels


def _superseded(files: Files, duels: _Duels) -> Iterable[Reject]:
    for loser, winner in zip(duels.beaten.tolist(), duels.winner.tolist(), strict=True):
        note = files.texts[files.note[loser]]
        if note is None:
            yield Reject(files.paths[loser], Reason.SUPERSEDED, files.paths[winner])
        else:
            yield Reject(files.paths[loser], Reason.NO_NUMBER, note)


def _without_number(files: Files) -> NDArray[np.bool_]:
    """[files] Whether a file has no number at all."""
    noted = np.array([text is not None for text in files.texts], dtype=bool)
    without: NDArray[np.bool_] = noted[files.note]
    return without


def _noted(files: Files, numbers: Longs) -> Iterable[Reject]:
    for number in numbers.tolist():
        yield Reject(files.paths[number], Reason.NO_NUMBER, files.texts[files.note[number]] or "")


def _differences(files: Files, folders: _Folders, duels: _Duels) -> Iterable[Difference]:
    """What superseded files say otherwise than the winner, cell by cell."""
    begin = np.cumsum(files.rows, dtype=np.int64) - files.rows
    for loser, winner in zip(duels.beaten.tolist(), duels.winner.tolist(), strict=True):
        theirs = dict(_scores_of(files, begin, winner))
        variant = folders.variants[folders.variant[files.folder[loser]]]
        for cell, score in _scores_of(files, begin, loser):
            won = theirs.get(cell)
            if score == score and score != won:
                yield Difference(
                    variant.model,
                    variant.experiment_id,
                    files.texts[files.task[loser]] or "",
                    *cell,
                    files.paths[loser],
                    score,
                    files.paths[winner],
                    None if won is None or won != won else won,
                )


def _scores_of(files: Files, begin: Longs, number: int) -> Iterable[tuple[tuple[str, str], float]]:
    """Split and subset, each with the score, of one file; `begin` is [files] its first row."""
    for row in range(int(begin[number]), int(begin[number] + files.rows[number])):
        split, subset, _ = files.cells[files.row_cell[row]]
        yield (split, subset), float(files.row_score[row])


def _ranks_of(files: Files, number: Longs) -> Longs:
    """[number] The version ranks of files, from the few texts that are versions."""
    used, place = occurring(files.version[number], len(files.texts))
    return _version_ranks([files.texts[text] for text in used.tolist()])[place]


def _origins(files: Files, folders: _Folders, winners: Longs, catalog: Catalog) -> Origins:
    revisions = [""] * len(files.texts)
    for number, one in folders.found.items():
        if isinstance(one, Identity):
            revisions[number] = one.revision
    return Origins(
        path=picked(files.paths, winners),
        revision=Texts(revisions, files.folder[winners]),
        mteb_version=Texts(files.texts, files.version[winners]),
        dataset_revision=Texts(files.texts, files.dataset[winners]),
        other_data=_other_data(files, winners, catalog),
        evaluation_time=files.seconds[winners],
    )


def _other_data(files: Files, winners: Longs, catalog: Catalog) -> NDArray[np.int8]:
    """Whether each file's scores are of another revision of the data set than the catalog's."""
    current = {task.name: task.revision for task in catalog.tasks}
    number = {text: place for place, text in enumerate(files.texts)}
    tasks, place = occurring(files.task[winners], len(files.texts))
    catalogs = [current.get(files.texts[task] or "") for task in tasks.tolist()]
    # A revision that no file says is no file's.
    wanted = np.array([number.get(one, -1) for one in catalogs], dtype=np.int64)
    unknown = np.array([one is None for one in catalogs], dtype=bool)
    unsaid = np.array([text in _NO_DATA_REVISION for text in files.texts], dtype=bool)
    said = files.dataset[winners]
    other: NDArray[np.int8] = (said != wanted[place]).astype(np.int8)
    other[unknown[place] | unsaid[said]] = UNKNOWN
    return other


# --- their rows, sorted ---------------------------------------------------------------------------


def _table(files: Files, folders: _Folders, winners: Longs, room: Room) -> ScoreTable:
    used_tasks, file_task = occurring(files.task[winners], len(files.texts))
    tasks, new_task = sorted_names([files.texts[number] or "" for number in used_tasks.tolist()])
    variants, file_variant = _used(folders, folders.variant[files.folder[winners]])
    found = Winners(winners, new_task[file_task], file_variant, tasks, variants)
    return sorted_rows(files, found, room)


def _used(folders: _Folders, numbers: Longs) -> tuple[list[Variant], Longs]:
    used, place = occurring(numbers, len(folders.variants))
    return [folders.variants[number] for number in used.tolist()], place
