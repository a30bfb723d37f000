"""The whole site as files, for any static host: a board that survives its server.

Every page is in its own folder as `index.html`, with relative links, so that the copy
works below any path. English is at the root, other languages below their code. What needs a
server (ranking again, comparing) says so on its page. The answers of `/v1` are exported as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

from frontrunner import __version__
from frontrunner.answers.bodies import Bodies
from frontrunner.answers.filters import ModelFilter, TaskFilter
from frontrunner.answers.service import Service
from frontrunner.base.config import SiteSettings
from frontrunner.base.errors import UnknownNameError, UsageError
from frontrunner.http import documents
from frontrunner.snapshot.answers import Encoded
from frontrunner.snapshot.reader import Snapshot
from frontrunner.web import assets, cards, feeds, old_links
from frontrunner.web.problems import problem
from frontrunner.web.site import find_view, to_bytes
from frontrunner.web.unfinished import Copy, unfinished
from frontrunner.web.urls import SITE_CARD, Links
from frontrunner.web.views.board_table import TABS, heading
from frontrunner.web.views.moved import old_names
from frontrunner.web.views.organizations import by_owner
from frontrunner.web.visit import Visit, links_out
from frontrunner.web.words import DEFAULT, PLAIN_SITE, Words, languages, words

Made = tuple[str, Callable[[], bytes]]
"""The path of a file of the copy, and what makes it."""
Progress = Callable[[int, int], None]
"""Takes how many files are written, and how many there will be."""


class Exported(NamedTuple):
    """What was written."""

    pages: int
    files: int
    kept: int = 0
    """How many of them an interrupted export had written."""


def export(
    snapshot: Snapshot,
    folder: Path,
    address: str = "",
    site: SiteSettings = PLAIN_SITE,
    progress: Progress = lambda done, total: None,
) -> Exported:
    """Write the site of `snapshot` into `folder`, which must be empty or new.

    The folder appears when the copy is complete: see `unfinished` for one that was interrupted.
    `address` is where it will be served: links in chats need it to show a picture.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} is not empty. Give a new folder, or empty this one first.")
    address = address.rstrip("/")
    service = Service(snapshot)
    try:
        with unfinished(folder, _same(snapshot, address, site)) as copy:
            pages = [*_pages(service, address, site)]
            files = [*data_files(service, address, site)]
            kept = _write_all(copy, [*pages, *files], progress)
    except BlockingIOError:
        raise UsageError(f"Another export to {folder} is under way.") from None
    except (OSError, ValueError) as error:
        raise UsageError(f"{folder} cannot be written: {error}. Give another folder.") from error
    return Exported(len(pages), len(files), kept)


def _same(snapshot: Snapshot, address: str, site: SiteSettings) -> tuple[object, ...]:
    """Two exports with equal values write the same files."""
    return snapshot.id, __version__, sorted(assets.manifest().items()), address, repr(site)


def _write_all(copy: Copy, made: list[Made], progress: Progress) -> int:
    """Write what is missing; how many files were not."""
    kept = 0
    for number, (name, make) in enumerate(made):
        kept += copy.has(name)
        copy.add(name, make)
        progress(number + 1, len(made))
    return kept


def _pages(service: Service, address: str, site: SiteSettings) -> Iterator[Made]:
    for language in languages():
        for path in page_paths(service):
            yield _page(service, words(language, site), path, address, site)
    if address:
        yield "404.html", lambda: _missing(service, words(DEFAULT, site), address)


def page_paths(service: Service) -> Iterator[str]:
    """The path of every page, without a language."""
    yield from ("", "boards", "models", "tasks", "compare", "data", "changes", "history")
    catalog = service.snapshot.catalog
    for bench in catalog.benchmarks:
        tabs = heading(service, bench, service.board(bench.name)).tabs
        yield from (
            f"benchmark/{bench.name}{'/' if tab else ''}{tab}" for tab in TABS if tab in tabs
        )
    yield from (f"history/{bench.name}" for bench in catalog.benchmarks)
    for model in catalog.models:
        yield from (f"models/{model.name}", f"models/{model.name}/results")
    yield from (f"tasks/{task.name}" for task in catalog.tasks)
    yield "organizations"
    yield from (f"organizations/{name}" for name in by_owner(catalog))
    if old_names(service):
        yield "moved"
    tables = {(table.task, table.language) for table in old_links.old_tables(service)}
    yield from (f"old/{task}/{language}" for task, language in sorted(tables))


def _page(service: Service, t: Words, path: str, address: str, site: SiteSettings) -> Made:
    prefix = "" if t.language == DEFAULT else t.language
    place = "/".join(part for part in (prefix, path) if part)
    depth = place.count("/") + 1 if place else 0
    links = Links(prefix, root="../" * depth, suffix="/")
    name = path.partition("/")[2]

    def made() -> bytes:
        out = links_out(site)
        visit = Visit(service, t, links, name, {}, address, live=False, links_out=out)
        view = find_view(path)
        if view is None:
            raise UnknownNameError(f"There is no page /{path}.")
        return to_bytes(visit, path, view(visit))

    return f"{place}/index.html" if place else "index.html", made


def _missing(service: Service, t: Words, address: str) -> bytes:
    """What static hosts show for what is not there; its links must work from everywhere."""
    links = Links(root=f"{address}/", suffix="/")
    visit = Visit(service, t, links, "", {}, live=False)
    what = visit.t("problem.nowhere")
    return to_bytes(visit, "", problem(visit, 404, what, [], ""))


def data_files(
    service: Service, address: str = "", site: SiteSettings = PLAIN_SITE
) -> Iterator[Made]:
    """The pages' own files, cards, and the answers of `/v1`, by their paths."""
    yield from _pictures(service, site) if address else ()  # without one, no page names a picture
    found = {
        path[1:]: feeds.find(service, path, address, Links(suffix="/"), site)
        for path in (feeds.FEED, feeds.MAP)
    }
    found |= {f"_assets/{name}": assets.read(name) for name in assets.manifest().values()}
    found |= {path[1:]: documents.find(path) for path in ("/favicon.ico", "/robots.txt")}
    for path, one in found.items():
        if one is not None:
            yield path, partial(bytes, one.identity)
    yield "old-links.json", partial(old_links.directory, service)
    yield from _answers(service)


def _answers(service: Service) -> Iterator[Made]:
    bodies = Bodies(service)
    yield "v1/snapshot.json", _bytes(bodies.info)
    yield "v1/snapshot/scores.parquet", _bytes(bodies.all_scores)
    yield "v1/benchmarks/menu.json", _bytes(bodies.menu)
    yield "v1/benchmarks.json", _bytes(partial(bodies.benchmarks, include_hidden=False))
    yield "v1/tasks.json", _bytes(partial(bodies.tasks, TaskFilter()))
    yield "v1/models.json", _bytes(partial(bodies.models, ModelFilter()))
    catalog = service.snapshot.catalog
    for bench in catalog.benchmarks:
        below = f"v1/benchmarks/{bench.name}"
        yield f"{below}/scores.json", _bytes(partial(bodies.scores, bench.name, ()))
        yield f"{below}/scores.csv", _bytes(partial(bodies.export, bench.name, "csv"))
        yield f"{below}/scores.parquet", _bytes(partial(bodies.export, bench.name, "parquet"))
        yield f"{below}/per-language.json", _bytes(partial(bodies.per_language, bench.name))
    for model in catalog.models:
        make = partial(bodies.model_scores, model.name)
        yield f"v1/models/{model.name}/scores.json", _bytes(make)
    for task in catalog.tasks:
        yield f"v1/tasks/{task.name}/scores.json", _bytes(partial(bodies.task_scores, task.name))


def _bytes(make: Callable[[], Encoded]) -> Callable[[], bytes]:
    return lambda: make().identity


def _pictures(service: Service, site: SiteSettings) -> Iterator[Made]:
    catalog = service.snapshot.catalog
    names = [SITE_CARD, *(f"benchmark/{bench.name}" for bench in catalog.benchmarks)]
    names += [f"model/{model.name}" for model in catalog.models]
    names += [f"task/{task.name}" for task in catalog.tasks]
    for name in names:
        yield f"og/{name}.png", partial(_picture, service, name, site)


def _picture(service: Service, name: str, site: SiteSettings) -> bytes:
    drawn = cards.find(service, f"{name}.png", site)
    if drawn is None:
        raise UnknownNameError(f"There is no picture of {name}.")
    return drawn.identity
