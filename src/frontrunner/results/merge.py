"""Merge the results of several sources; of files that several have, the later source's wins.

Two files are the same file if they have one name and belong to one run, so the layout of a source
does not matter. With several sources, a path in a report begins with the label of its source.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec
import numpy as np

from frontrunner.results.files import Files, merged
from frontrunner.results.origin import Origin
from frontrunner.results.read import RawResults
from frontrunner.results.rejects import Reason, Reject


class Part(NamedTuple):
    """One source that was read."""

    label: str
    """What paths begin with in reports; empty if there is only one source."""
    raw: RawResults


class Merged(NamedTuple):
    """The files of all sources, each in one source only."""

    raw: RawResults
    """`origin` is the first source's; see `origins`."""
    source: dict[str, int]
    """Path -> number of its source; empty if there is only one."""
    labels: tuple[str, ...]
    origins: tuple[Origin, ...]
    replaced: tuple[int, ...]
    """[sources] How many of a source's files a later source replaces."""

    def shown(self, path: str) -> str:
        """A path as reports give it: with the label of its source, if there are several."""
        return f"{self.labels[self.source[path]]}/{path}" if self.source else path


def merge(parts: Sequence[Part]) -> Merged:
    """Merge sources in their order, the last with the highest precedence."""
    labels = tuple(part.label for part in parts)
    origins = tuple(part.raw.origin for part in parts)
    if len(parts) == 1:
        return Merged(parts[0].raw, {}, labels, origins, (0,))
    kept, replaced = _kept(parts)
    source = {path: number for number, files in enumerate(kept) for path in files.paths}
    raws = [part.raw for part in parts]
    raw = RawResults(
        files=merged(kept),
        identities={k: v for one in raws for k, v in one.identities.items()},
        settings=list({(one.folder, one.task): one for r in raws for one in r.settings}.values()),
        rejects=[*replaced, *(labelled(r, p.label) for p in parts for r in p.raw.rejects)],
        seen=sum(one.seen for one in raws),
        origin=raws[0].origin,
        described={k: v for one in raws for k, v in one.described.items()},
    )
    counts = [len(one.raw.files.paths) - len(k.paths) for one, k in zip(parts, kept, strict=True)]
    return Merged(raw, source, labels, origins, tuple(counts))


def _kept(parts: Sequence[Part]) -> tuple[list[Files], list[Reject]]:
    """[sources] The files that no later source has; and a line for each of the others."""
    winners: dict[str, str] = {}
    kept: list[Files] = []
    rejects: list[Reject] = []
    for part in reversed(parts):
        files = part.raw.files
        keys = list(same_file(files))
        wins = np.array([key not in winners for key in keys], dtype=bool)
        rejects += (
            Reject(f"{part.label}/{files.paths[n]}", Reason.REPLACED, winners[keys[n]])
            for n in np.flatnonzero(~wins).tolist()
        )
        for key, path in zip(keys, files.paths, strict=True):
            winners.setdefault(key, f"{part.label}/{path}")
        kept.append(files.keep(wins))
    return kept[::-1], rejects


def same_file(files: Files) -> Iterable[str]:
    """[files] The run's folder in today's layout and the file's name: equal for the same file."""
    folders = (files.texts[number] for number in files.folder.tolist())
    return (
        f"{folder}/{path.rpartition('/')[2]}"
        for folder, path in zip(folders, files.paths, strict=True)
    )


def labelled(reject: Reject, label: str) -> Reject:
    """`reject` with the label of its source before its path."""
    return msgspec.structs.replace(reject, path=f"{label}/{reject.path}")


def labels_of(names: Sequence[str]) -> list[str]:
    """A label for each source: its name, numbered if two have the same."""
    found: list[str] = []
    for name in names:
        number = 2
        label = name
        while label in found:
            label, number = f"{name}-{number}", number + 1
        found.append(label)
    return found
