"""From sources to joined score rows."""

from __future__ import annotations

import os
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import msgspec

from frontrunner.base.near import near_names
from frontrunner.catalog import Catalog, FormerName
from frontrunner.results.chunk import RunSettings
from frontrunner.results.join import Joined, join
from frontrunner.results.layout import model_in_folder
from frontrunner.results.merge import Merged, Part, merge
from frontrunner.results.origin import Origin
from frontrunner.results.origins import Origins
from frontrunner.results.read import Options, Progress, RawResults, read_source
from frontrunner.results.rejects import Reason, Reject
from frontrunner.results.room import Room, in_memory
from frontrunner.results.table import Difference, ScoreTable
from frontrunner.results.unknown import former_names, with_described

_NEARLY = 0.75
"""Least similarity of a model that is suggested: below it, names share little but `-base`."""

_MOST_NAMES = 200
"""Unknown models that get a suggestion; each takes milliseconds to find."""


class SourceCounts(NamedTuple):
    """What became of one source's files."""

    label: str
    seen: int
    usable: int
    """Result files of known models, whether or not another file wins."""
    replaced: int
    """Usable files that a later source replaces."""


@dataclass(frozen=True)
class Ingested:
    """What the sources hold: rows, and every file that gives none."""

    table: ScoreTable
    origins: Origins
    """The files that won; rows refer to them by number."""
    files_used: int
    """Files that won and have a number."""
    differences: list[Difference]
    """Scores of superseded files that are not the winner's."""
    revisions: str
    """The rule that chose the winners: `mteb` or `newest`."""
    rejects: list[Reject]
    """Sorted by path."""
    run_settings: list[RunSettings]
    """Sorted by folder and task."""
    files_seen: int
    sources: tuple[Origin, ...]
    counts: tuple[SourceCounts, ...]
    """[sources]"""
    catalog: Catalog
    """The catalog with the models that only their result files describe."""

    @property
    def origin(self) -> Origin:
        """The first source."""
        return self.sources[0]


def ingest(
    source: Path,
    catalog: Catalog,
    *,
    workers: int = 0,
    progress: Progress | None = None,
    cache: Path | None = None,
    helper: Executor | None = None,
) -> Ingested:
    """Read a folder or archive and join the revisions in it; `Options` documents the arguments.

    Raises SourceError if `source` cannot be read at all; a file that cannot be used is a `Reject`.
    """
    options = Options(workers or os.cpu_count() or 1, progress, cache, helper=helper)
    raw = read_source(source, catalog, options)
    return joined(raw, catalog)


def joined(raw: RawResults, catalog: Catalog, *, newest: bool = False) -> Ingested:
    """Join what was read of one source; `newest` as in `join`."""
    return joined_parts([Part("", raw)], catalog, newest=newest)


def joined_parts(
    parts: Sequence[Part], catalog: Catalog, *, newest: bool = False, room: Room = in_memory
) -> Ingested:
    """Merge and join what was read of each source; later sources win. Options as in `join`."""
    together = merge(parts)
    raw = together.raw
    known = with_described(catalog, raw.described, raw.identities, raw.files)
    plain = join(raw.files, raw.identities, known, newest=newest, room=room)
    outcome = _labelled(plain, together)
    unusable = [one for one in outcome.rejects if not one.reason.by_policy]
    names = _names(plain.rejects, together, raw)
    probably = former_names(known, names.values(), outcome.table.models)
    known = msgspec.structs.replace(known, probably_renamed=probably)
    unknown = _explained(outcome.rejects, names, probably, known)
    return Ingested(
        table=outcome.table,
        origins=outcome.origins,
        files_used=outcome.used,
        differences=outcome.differences,
        revisions="newest" if newest else "mteb",
        rejects=sorted(raw.rejects + unknown),
        run_settings=sorted(raw.settings),
        files_seen=raw.seen,
        sources=together.origins,
        counts=_counts(parts, together, unusable),
        catalog=known,
    )


def _labelled(outcome: Joined, together: Merged) -> Joined:
    """`outcome` with the source's label before each path, if there are several sources."""
    if not together.source:
        return outcome

    shown = together.shown
    rejects = [
        msgspec.structs.replace(
            one,
            path=shown(one.path),
            detail=shown(one.detail) if one.detail in together.source else one.detail,
        )
        for one in outcome.rejects
    ]
    origins = outcome.origins._replace(path=[shown(one) for one in outcome.origins.path])
    differences = [
        one._replace(file=shown(one.file), winner=shown(one.winner)) for one in outcome.differences
    ]
    return outcome._replace(origins=origins, rejects=rejects, differences=differences)


def _names(rejects: Sequence[Reject], together: Merged, raw: RawResults) -> dict[str, str]:
    """Path with its source's label -> the model's name, for the files of unknown models."""
    found = {}
    for path in (one.path for one in rejects if one.reason is Reason.UNKNOWN_MODEL):
        number = raw.files.folder[bisect_left(raw.files.paths, path)]
        folder = raw.files.texts[number] or ""
        said = raw.identities.get(folder)
        found[together.shown(path)] = said.model if said else model_in_folder(folder)
    return found


def _explained(
    rejects: Sequence[Reject],
    names: dict[str, str],
    probably: Sequence[FormerName],
    catalog: Catalog,
) -> list[Reject]:
    """`rejects`, where those of unknown models name the model and what it may be."""
    renamed = {one.name: one.model for one in probably}
    said: dict[str, str] = {}
    for name in list(dict.fromkeys(names.values())):
        if name in renamed:
            said[name] = f"{name}: probably {renamed[name]} under a former name"
        else:
            known = catalog.model_by_name if len(said) < _MOST_NAMES else ()
            near = near_names(name, known, most=1, cutoff=_NEARLY)
            said[name] = f"{name}; did you mean {near[0]}?" if near else name
    return [
        msgspec.structs.replace(one, detail=said[names[one.path]]) if one.path in names else one
        for one in rejects
    ]


def _counts(
    parts: Sequence[Part], together: Merged, unusable: Sequence[Reject]
) -> tuple[SourceCounts, ...]:
    if together.source:
        lost = Counter(
            number
            for number, label in enumerate(together.labels)
            for one in unusable
            if one.path.startswith(f"{label}/")
        )
    else:
        lost = Counter({0: len(unusable)})
    return tuple(
        SourceCounts(
            part.label, part.raw.seen, len(part.raw.files.paths) - lost[n], together.replaced[n]
        )
        for n, part in enumerate(parts)
    )
