"""The whole site as files, for any static host: a board that survives its server.

Every page is in its own folder as `index.html`, with relative links, so that the copy
works below any path. English is at the root, other languages below their code. What needs a
server (ranking again, comparing) says so on its page. The answers of `/v1` are exported as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from frontrunner.answers.bodies import Bodies
from frontrunner.answers.filters import ModelFilter, TaskFilter
from frontrunner.answers.service import Service
from frontrunner.base.atomic import add_file, fresh_folder
from frontrunner.base.config import SiteSettings
from frontrunner.base.errors import UnknownNameError, UsageError
from frontrunner.http import documents
from frontrunner.snapshot.reader import Snapshot
from frontrunner.web import assets, cards, feeds, old_links
from frontrunner.web.problems import problem
from frontrunner.web.site import find_view, to_bytes
from frontrunner.web.urls import SITE_CARD, Links
from frontrunner.web.views.board_table import TABS, heading
from frontrunner.web.views.moved import old_names
from frontrunner.web.visit import Visit
from frontrunner.web.words import DEFAULT, PLAIN_SITE, Words, languages, words


class Exported(NamedTuple):
    """What was written."""

    pages: int
    files: int


def export(
    snapshot: Snapshot, folder: Path, address: str = "", site: SiteSettings = PLAIN_SITE
) -> Exported:
    """Write the site of `snapshot` into `folder`, which must be empty or new.

    The folder appears when the copy is complete: an interrupted export leaves nothing.
    `address` is where it will be served: links in chats need it to show a picture.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} is not empty. Give a new folder, or empty this one first.")
    try:
        with fresh_folder(folder, replace=False) as fresh:
            return _write_site(Service(snapshot), fresh, address.rstrip("/"), site)
    except (OSError, ValueError) as error:
        raise UsageError(f"{folder} cannot be written: {error}. Give another folder.") from error


def _write_site(service: Service, folder: Path, address: str, site: SiteSettings) -> Exported:
    pages = files = 0
    for language in languages():
        for path in page_paths(service):
            _write(folder, *_page(service, words(language, site), path, address))
            pages += 1
    if address:
        _write(folder, "404.html", _missing(service, words(DEFAULT, site), address))
        pages += 1
    for name, body in data_files(service, address, site):
        _write(folder, name, body)
        files += 1
    return Exported(pages, files)


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
    if old_names(service):
        yield "moved"
    tables = {(table.task, table.language) for table in old_links.old_tables(service)}
    yield from (f"old/{task}/{language}" for task, language in sorted(tables))


def _page(service: Service, t: Words, path: str, address: str) -> tuple[str, bytes]:
    prefix = "" if t.language == DEFAULT else t.language
    place = "/".join(part for part in (prefix, path) if part)
    depth = place.count("/") + 1 if place else 0
    links = Links(prefix, root="../" * depth, suffix="/")
    name = path.partition("/")[2]
    visit = Visit(service, t, links, name, {}, address, live=False)
    view = find_view(path)
    if view is None:
        raise UnknownNameError(f"There is no page /{path}.")
    return f"{place}/index.html" if place else "index.html", to_bytes(visit, path, view(visit))


def _missing(service: Service, t: Words, address: str) -> bytes:
    """What static hosts show for what is not there; its links must work from everywhere."""
    links = Links(root=f"{address}/", suffix="/")
    visit = Visit(service, t, links, "", {}, live=False)
    what = visit.t("problem.nowhere")
    return to_bytes(visit, "", problem(visit, 404, what, [], ""))


def data_files(
    service: Service, address: str = "", site: SiteSettings = PLAIN_SITE
) -> Iterator[tuple[str, bytes]]:
    """The pages' own files, cards, and the answers of `/v1`, by their paths."""
    yield from _pictures(service, site) if address else ()  # without one, no page names a picture
    for path in (feeds.FEED, feeds.MAP):
        made = feeds.find(service, path, address, Links(suffix="/"), site)
        if made is not None:
            yield path[1:], made.identity
    for name in assets.manifest().values():
        found = assets.read(name)
        if found is not None:
            yield f"_assets/{name}", found.identity
    for path in ("/favicon.ico", "/robots.txt"):
        document = documents.find(path)
        if document is not None:
            yield path[1:], document.identity
    yield "old-links.json", old_links.directory(service)
    bodies = Bodies(service)
    yield "v1/snapshot.json", bodies.info().identity
    yield "v1/benchmarks/menu.json", bodies.menu().identity
    yield "v1/benchmarks.json", bodies.benchmarks(include_hidden=False).identity
    yield "v1/tasks.json", bodies.tasks(TaskFilter()).identity
    yield "v1/models.json", bodies.models(ModelFilter()).identity
    catalog = service.snapshot.catalog
    for bench in catalog.benchmarks:
        below = f"v1/benchmarks/{bench.name}"
        yield f"{below}/scores.json", bodies.scores(bench.name, ()).identity
        yield f"{below}/scores.csv", bodies.export(bench.name, "csv").identity
        yield f"{below}/scores.parquet", bodies.export(bench.name, "parquet").identity
        yield f"{below}/per-language.json", bodies.per_language(bench.name).identity
    for model in catalog.models:
        yield f"v1/models/{model.name}/scores.json", bodies.model_scores(model.name).identity
    for task in catalog.tasks:
        yield f"v1/tasks/{task.name}/scores.json", bodies.task_scores(task.name).identity


def _pictures(service: Service, site: SiteSettings) -> Iterator[tuple[str, bytes]]:
    catalog = service.snapshot.catalog
    names = [SITE_CARD, *(f"benchmark/{bench.name}" for bench in catalog.benchmarks)]
    names += [f"model/{model.name}" for model in catalog.models]
    names += [f"task/{task.name}" for task in catalog.tasks]
    for name in names:
        drawn = cards.find(service, f"{name}.png", site)
        if drawn is not None:
            yield f"og/{name}.png", drawn.identity


def _write(folder: Path, name: str, body: bytes) -> None:
    target = folder / name
    if ".." in target.parts:
        raise UsageError(f"{name!r} would be outside {folder}. Rename it in the catalog.")
    add_file(target, body)
