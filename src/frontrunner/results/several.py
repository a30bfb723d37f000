"""Read one or several sources as one set of results, and refuse sources that give nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from shlex import quote

from frontrunner.base.errors import NothingUsableError, SourceError
from frontrunner.base.memory import return_freed_memory
from frontrunner.catalog import Catalog
from frontrunner.results.archive import is_archive
from frontrunner.results.fetch import LocalSource
from frontrunner.results.ingest import Ingested, joined_parts
from frontrunner.results.merge import Part, labels_of
from frontrunner.results.nearest import nearest_results
from frontrunner.results.read import Options, read_source
from frontrunner.results.rejects import Reason
from frontrunner.results.room import on_disk
from frontrunner.results.sources import parts_of
from frontrunner.results.table import MANY_ROWS
from frontrunner.results.zips import is_zip

_SHOWN = 3


def read_sources(
    local_sources: Sequence[LocalSource],
    catalog: Catalog,
    options: Options,
    *,
    newest: bool = False,
) -> Ingested:
    """Read and join sources; if several have the same file, the last source's wins.

    `newest` chooses the newest of a model's runs, as in `join`.
    Raises SourceError if a source cannot be read or has no file at all.
    """
    parts: list[Part] = []
    labels = labels_of([local.name for local in local_sources])
    for local, label in zip(local_sources, labels, strict=True):
        inner = parts_of(local.path)
        for name in inner:
            own = options._replace(repository=local.repository, checkout=local.checkout)
            words = ([label] if len(local_sources) > 1 else []) + ([name] if name else [])
            # In no variable of its own, which would hold it when the parts are given back.
            parts.append(Part("/".join(words), read_source(local.path / name, catalog, own)))
        _refuse_empty(local, parts[-len(inner) :])
    found = joined_parts(parts, catalog, newest=newest, room=on_disk(options.cache))
    if found.table.rows >= MANY_ROWS:  # before anything else is done
        parts.clear()
        return_freed_memory()
    return found


def _refuse_empty(local: LocalSource, parts: Sequence[Part]) -> None:
    """Raise SourceError if a source has no file, or only links, which are never followed."""
    links = sum(r.reason is Reason.SYMLINK for part in parts for r in part.raw.rejects)
    if sum(part.raw.seen for part in parts) > links:
        return
    what = "only links, which are not followed," if links else "no result files"
    raise SourceError(
        f"There are {what} in {local.path}. Give a folder with "
        "<org>__<model>/<revision>/<Task>.json below it."
    )


def refuse_unusable(ingested: Ingested, local_sources: Sequence[LocalSource]) -> None:
    """Raise NothingUsableError if a source has no usable result file.

    A board made of it would replace a good one by an empty one.
    """
    labels = labels_of([local.name for local in local_sources])
    for local, label in zip(local_sources, labels, strict=True):
        own = [
            one
            for one in ingested.counts
            if len(local_sources) == 1 or one.label == label or one.label.startswith(f"{label}/")
        ]
        if not any(one.usable for one in own):
            seen = sum(one.seen for one in own)
            raise NothingUsableError(
                _nothing(local, seen, _reasons(ingested, label, len(local_sources)))
            )


def _reasons(ingested: Ingested, label: str, sources: int) -> str:
    own = [r for r in ingested.rejects if sources == 1 or r.path.startswith(f"{label}/")]
    counts = Counter(one.reason for one in own)
    first = {one.reason: one for one in reversed(own)}
    return "; ".join(
        f"{count:,} {reason} (such as {first[reason].path}"
        + (f": {first[reason].detail})" if first[reason].detail else ")")
        for reason, count in counts.most_common(_SHOWN)
    )


def _hint(path: Path) -> str:
    """Where the results may be instead: in an archive in that folder, or in another folder."""
    inside = sorted(path.iterdir()) if path.is_dir() else []
    archives = [one for one in inside if is_zip(one) or is_archive(one)]
    if archives:
        return f" Archives are not read inside a folder: give {archives[0]} itself."
    nearest = nearest_results(path)
    return f" The nearest folder that looks right is {nearest}." if nearest else ""


def _nothing(local: LocalSource, seen: int, reasons: str) -> str:
    hint = _hint(local.path)
    source = quote(local.repository or str(local.path))
    files = "its one file" if seen == 1 else f"any of its {seen:,} files"
    return (
        f"Nothing was built or published: {local.path} gives no score from {files}. Looked for "
        f"<org>__<model>/<revision>/<Task>.json of known models. Found: {reasons}.{hint} "
        f"Run frontrunner ingest --check {source} to list every file with what to do."
    )
