"""Read a whole source in parallel: files in, score table and rejects out."""

from __future__ import annotations

import hashlib
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future
from functools import partial
from itertools import chain, islice, pairwise
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import numpy as np
from msgspec import UNSET, UnsetType

from frontrunner.base.errors import SourceError
from frontrunner.catalog import Catalog, Model
from frontrunner.results.archive import Member, is_archive, walk_archive
from frontrunner.results.cache import Known, Remembered, Stored, known_of
from frontrunner.results.checkout import Checkout, is_still, tree_of
from frontrunner.results.chunk import Chunk, Knowledge, RunSettings, no_files, read_chunk
from frontrunner.results.collecting import collector_paused
from frontrunner.results.files import Files, files_of, merged, with_fresh
from frontrunner.results.git import git_commit, special_files
from frontrunner.results.git_history import commit_time
from frontrunner.results.layout import META, Identity, Names
from frontrunner.results.looking import Later, Memory, is_as_named, look, remember_read
from frontrunner.results.origin import Origin
from frontrunner.results.rejects import Reason, Reject, printable
from frontrunner.results.sources import (
    Content,
    FolderReader,
    Item,
    find_tree,
    folder_items,
    results_root,
    walk_model,
)
from frontrunner.results.stamping import Stamping, cache_path
from frontrunner.results.workers import helpers
from frontrunner.results.zips import is_zip, walk_zip

Progress = Callable[[int, int | None], None]
"""Called with the parts done and, where it is known, the parts in all."""

_CHUNKS_PER_WORKER = 12
_WORTH_PROCESSES = 10_000
"""From so many changed files on, starting processes pays."""
_MANY_CHANGED = 4
"""They read all files again, which pays from one changed file in so many on. Files with a model's
description are always read: ten times the public results have more than ten thousand."""
_FEW_FILES = 2_000
"""Up to so many are read sooner than processes start."""


class RawResults(NamedTuple):
    """What was read, before revisions are joined."""

    files: Files
    identities: dict[str, Identity]
    """Folder -> whose results it holds, where a model_meta.json says so."""
    settings: list[RunSettings]
    rejects: list[Reject]
    seen: int
    origin: Origin
    described: dict[str, Model]
    """Folder -> the model that its model_meta.json describes, if no catalog knows it."""


class _Read(NamedTuple):
    """The result files of a source, and everything else that lay there."""

    files: Files
    chunks: list[Chunk]
    """What they have besides files, which are in `files`."""
    unread: int = 0
    """Files that need not be looked at again."""


class Options(NamedTuple):
    """How to read; none of it changes what comes out."""

    workers: int
    progress: Progress | None = None
    cache: Path | None = None
    """A folder to remember in what was read, so that the next time only what changed is."""
    fresh: bool = False
    """Whether to read every file, whatever the cache says."""
    helper: Executor | None = None
    """Another process, started already, to do a part of looking for changes."""
    stampings: Mapping[str, Stamping] = {}
    """By folder: the looks for changes that have begun already."""
    recalled: Callable[[Path], Future[Stored | None] | None] | None = None
    """Gives what is on its way from a file of the cache, if anything is."""
    later: Later | None = None
    """Takes the storing of what was read, which nobody waits for."""
    known: Future[Known] | None = None
    """As `known_of` of the catalog, on its way."""
    repository: str | None = None
    """Of what repository the folder is a clone, for the provenance."""
    checkout: Checkout | None = None
    """The commit whose files the clone has, and no others; None if that is not known."""


def read_source(source: Path, catalog: Catalog, options: Options) -> RawResults:
    """Read every file of a folder or archive. Raises SourceError where `source` is neither."""
    with collector_paused():
        known = options.known.result() if options.known else known_of(catalog)
        return _read(source, known, options)


def _read(source: Path, known: Known, options: Options) -> RawResults:
    if source.is_dir():
        found = _read_folder(source, known, options)
        return _raw(found, _origin_of(source, options, found.chunks))
    if source.is_file() and (is_archive(source) or is_zip(source)):
        chunks = _read_archive(source, known.facts, options)
        return _raw(
            _last_of_each(_all(chunks)), Origin("archive", source.name, digest=_digest(source))
        )
    raise SourceError(
        f"{source} is not a source of results. Give a folder with <org>__<model>/<revision>/"
        "<Task>.json below it, a .tar.zst, .tar.gz or .zip of one, or the URL of a git repository."
    )


def _all(chunks: Iterable[Chunk]) -> _Read:
    """All chunks together; each is asked for when the one before is merged."""
    others: list[Chunk] = []

    def files_alone() -> Iterator[Files]:
        for chunk in chunks:
            others.append(chunk._replace(files=no_files()))
            yield files_of(chunk)

    return _Read(merged(files_alone()), others)


def _raw(found: _Read, origin: Origin) -> RawResults:
    chunks = found.chunks
    return RawResults(
        found.files,
        {folder: one for chunk in chunks for folder, one in chunk.identities.items()},
        [one for chunk in chunks for one in chunk.settings],
        [one for chunk in chunks for one in chunk.rejects],
        found.unread + sum(chunk.seen for chunk in chunks),
        origin,
        {folder: one for chunk in chunks for folder, one in chunk.described.items()},
    )


# --- folders ----------------------------------------------------------------------------------


def _read_models(root: str, models: list[str], known: Knowledge) -> Chunk:
    return read_chunk(folder_items(root, models), known)


def _read_folder(source: Path, given: Known, options: Options) -> _Read:
    known = given.facts
    root, models, outside = find_tree(source, Names.of(known.folders))
    memory = _memory(source, root, given.digest, options)
    began = time.time_ns()
    found = None
    if memory and memory.path.exists() and not options.fresh:
        found = _read_changed(root, models, known, memory, options)
    if found is None:
        shares = _shares(models, options.workers * _CHUNKS_PER_WORKER)
        jobs = [partial(_read_models, root, share) for share in shares]
        few = _has_few_files(root, models)
        found = _all(_in_processes(jobs, known, options._replace(workers=1) if few else options))
        if memory:
            _remember(memory, found, began, options, by_git=False)
    odd = read_chunk(((reject.path, reject) for reject in outside), known)
    return found._replace(chunks=[*found.chunks, odd])


def _has_few_files(root: str, models: Iterable[str]) -> bool:
    files = chain.from_iterable(walk_model(root, model, []) for model in models)
    return next(islice(files, _FEW_FILES, None), None) is None


def _memory(source: Path, root: str, digest: str, options: Options) -> Memory | None:
    if options.cache is None:
        return None
    path = cache_path(options.cache, source)
    memory = Memory(path, digest, begun=options.recalled(path) if options.recalled else None)
    checkout, folder = options.checkout, results_root(source)
    tree = tree_of(checkout, folder) if checkout and root == str(folder) else ""
    return memory._replace(checkout=checkout, tree=tree) if tree else memory


def _read_changed(
    root: str, models: list[str], known: Knowledge, memory: Memory, options: Options
) -> _Read | None:
    """Read only what changed since the last time; None where most did, or other facts hold."""
    began = time.time_ns()
    found = look(memory, partial(_stamping, root, models, memory.path, options))
    if found is None:
        return None
    before, kept, changed, rejects, by_git = found
    files = before.files
    if len(changed) > max(_WORTH_PROCESSES, len(files.paths) // _MANY_CHANGED):
        return None
    reader = FolderReader(root)
    items: Iterator[Item] = ((path, reader.read(path)) for path in changed)
    odd = ((reject.path, reject) for reject in rejects)
    fresh = read_chunk(chain(odd, items), known)
    read = _Read(files, [fresh], int(np.count_nonzero(kept)))
    if not kept.all() or fresh.files.paths:
        read = read._replace(files=with_fresh(files, kept, files_of(fresh)))
    elif memory.tree == before.tree:
        return read
    _remember(memory, read, began, options, by_git=by_git)
    return read


def _stamping(root: str, models: list[str], cache: Path, options: Options) -> Stamping:
    """The look at each file that has begun already, if it tells what changed, or a new one."""
    begun = options.stampings.get(root)
    if begun is not None and begun.is_for(models, cache):
        return begun
    return Stamping(root, models, options.helper)


def _remember(memory: Memory, read: _Read, began: int, options: Options, *, by_git: bool) -> None:
    others = [path for chunk in read.chunks for path in chunk.others]
    odd = any(chunk.odd for chunk in read.chunks)
    by_name = not odd and is_as_named(memory, read.files, by_git=by_git)
    found = Remembered(read.files, memory.tree, others)
    remember_read(memory, found, began, by_name=by_name, later=options.later)


def _shares(models: list[str], count: int) -> list[list[str]]:
    # In the order of their files' paths: a folder's name counts with the slash behind it.
    ordered = sorted(models, key=lambda name: f"{name}/")
    size = max(1, -(-len(ordered) // count))
    return [ordered[start : start + size] for start in range(0, len(ordered), size)]


def _origin_of(source: Path, options: Options, chunks: list[Chunk]) -> Origin:
    checkout = options.checkout
    commit = checkout.commit if checkout and is_still(checkout) else _commit_of(source, chunks)
    at = commit_time(source, commit)
    if not options.repository:
        return Origin("folder", source.name, commit=commit, at=at)
    return Origin("git", options.repository, commit=commit, at=at, folder=_inside(source))


def _commit_of(source: Path, chunks: list[Chunk]) -> str | None:
    rejects = (reject for chunk in chunks for reject in chunk.rejects)
    special = [one.path for one in rejects if one.reason is Reason.NOT_A_FILE]
    # Model folders were looked into, what lies beside them was not.
    special += special_files(source, known=results_root(source))
    return git_commit(source, special)


def _inside(clone: Path) -> str | UnsetType:
    """The folder of a clone that paths of its files are below; unset for the clone of one model."""
    root = results_root(clone)
    return UNSET if (root / META).is_file() else root.relative_to(clone).as_posix().strip(".")


# --- archives ---------------------------------------------------------------------------------


def walk_members(path: Path) -> Iterator[Member]:
    """The members of an archive of any kind."""
    return (walk_zip if is_zip(path) else walk_archive)(path)


def has_results_folder(path: Path) -> bool:
    """Whether an archive has a folder `results`; then, as in a folder, nothing else is read."""
    return any(_in_results(member.name) for member in walk_members(path))


def archive_items(path: Path, share: int, shares: int, inside: bool = False) -> Iterator[Item]:
    """The files of an archive that fall to worker `share` of `shares`: whole model folders.

    `inside` leaves out files that are not in a folder `results`; unsafe names are always reported.
    """
    for member in walk_members(path):
        name = _below_results(member.name)
        if name is None:
            if share == 0:
                yield member.name, Reject(printable(member.name), Reason.UNSAFE_NAME)
            continue
        if inside and not _in_results(member.name):
            continue
        if _falls_to(name.split("/", 1)[0]) % shares != share:
            continue
        if member.data is not None:
            yield name, Content(member.data)
        else:
            reason = Reason.TOO_LARGE if member.regular else Reason.NOT_A_FILE
            yield name, Reject(printable(name), reason)


def _falls_to(model: str) -> int:
    return int.from_bytes(
        hashlib.blake2b(model.encode("utf-8", "surrogateescape"), digest_size=4).digest(), "big"
    )


def _in_results(name: str) -> bool:
    return "results" in _path(name).parts[:2]


def _path(name: str) -> PurePosixPath:
    """A member's path; Windows tools separate folders by backslashes."""
    return PurePosixPath(name if "/" in name else name.replace("\\", "/"))


def _below_results(name: str) -> str | None:
    """The path below `results/`, or None for a name that would leave the folder."""
    path = _path(name)
    if path.is_absolute() or ".." in path.parts or not path.parts:
        return None
    parts = path.parts
    if "results" in parts[:2]:
        parts = parts[parts.index("results") + 1 :]
    return "/".join(parts) or None


def _read_share(path: Path, share: int, shares: int, inside: bool, known: Knowledge) -> Chunk:
    return read_chunk(archive_items(path, share, shares, inside), known)


def _read_archive(path: Path, known: Knowledge, options: Options) -> Iterator[Chunk]:
    # Every worker unpacks the whole stream and keeps its own share: unpacking is a fraction of
    # the work, and no bytes have to cross between processes.
    shares, inside = options.workers, has_results_folder(path)
    jobs = [partial(_read_share, path, share, shares, inside) for share in range(shares)]
    return _in_processes(jobs, known, options)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _last_of_each(found: _Read) -> _Read:
    """Of several members with one name the last counts, as where an archive is unpacked."""
    paths = found.files.paths
    again = np.array([a == b for a, b in pairwise(paths)] + [False] * bool(paths), dtype=bool)
    if not again.any():
        return found
    for number in np.flatnonzero(again).tolist():
        detail = "a later member of the archive has the same name"
        found.chunks[0].rejects.append(Reject(paths[number], Reason.SUPERSEDED, detail))
    return found._replace(files=found.files.keep(~again))


# --- processes --------------------------------------------------------------------------------

_Job = Callable[[Knowledge], Chunk]
_worker_knowledge: Knowledge | None = None


def _start_worker(known: Knowledge) -> None:
    global _worker_knowledge  # noqa: PLW0603 -- set once, when the worker process starts
    _worker_knowledge = known


def _run(job: _Job) -> Chunk:
    if _worker_knowledge is None:
        raise RuntimeError("the worker was not started")
    return job(_worker_knowledge)


def _in_processes(jobs: Sequence[_Job], known: Knowledge, options: Options) -> Iterator[Chunk]:
    """Run jobs in worker processes; chunks come in the order of the jobs, and are not kept."""
    workers, progress = options.workers, options.progress
    if workers == 1 or len(jobs) <= 1:
        for done, job in enumerate(jobs, start=1):
            yield job(known)
            if progress:
                progress(done, len(jobs))
        return
    with helpers(min(workers, len(jobs)), _start_worker, known) as pool:
        futures: deque[Future[Chunk]] = deque(pool.submit(_run, job) for job in jobs)
        while futures:
            yield futures.popleft().result()
            if progress:
                progress(len(jobs) - len(futures), len(jobs))
