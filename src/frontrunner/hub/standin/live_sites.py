"""What a visitor gets: the page of a Space on the Hub, and its live address."""

from __future__ import annotations

import html
import mimetypes
from collections.abc import Callable, Mapping
from typing import NamedTuple, Protocol

import msgspec

from frontrunner.hub.front_matter import read_front_matter
from frontrunner.hub.shifting_space import SHIFTING_PATH
from frontrunner.hub.standin.deploys import Cause
from frontrunner.hub.standin.exchange import Ask, Reply
from frontrunner.hub.standin.repos import Commit, Repository, subdomain_of
from frontrunner.hub.standin.stored import Stored

_HTML = ("Content-Type", "text/html; charset=utf-8")


class Site(NamedTuple):
    """A container that runs."""

    repo_id: str
    commit: str
    files: Mapping[str, bytes]
    """The tree that it was built from."""
    variables: Mapping[str, str]


class Which(NamedTuple):
    """One container of a Space."""

    space: str
    commit: str
    began: float


Application = Callable[[Site, str], Reply]
"""What a container answers to a GET of a path, which may have a query."""


def page_of_tree(site: Site, path: str) -> Reply:
    """The answer of a made-up container: which commit runs, and the content of `served/`.

    A file `served/v1/about.json` is the answer to `/v1/about.json`; a Space with the SDK `static`
    serves all of its files.
    """
    headers = (("X-Served-Commit", site.commit),)
    fields = read_front_matter(site.files.get("README.md", b"").decode("utf-8", "replace"))
    path = path.partition("?")[0]
    name = path.lstrip("/")
    static = fields.get("sdk") == "static"
    file = site.files.get((name or "index.html") if static else f"served/{name}")
    if file is not None:
        kind = mimetypes.guess_type(name or "index.html")[0] or "text/plain"
        return Reply(200, file, (("Content-Type", kind), *headers))
    if path == "/health":
        facts = {"status": "ok", "commit": site.commit}
        return Reply(
            200, msgspec.json.encode(facts), (("Content-Type", "application/json"), *headers)
        )
    if path != "/":
        return Reply(404, b"Not Found", (("Content-Type", "text/plain"), *headers))
    title = html.escape(str(fields.get("title", site.repo_id)))
    text = f"<!doctype html><title>{title}</title><body><h1>{title}</h1><p>{site.commit}</p>"
    return Reply(200, text.encode(), (_HTML, *headers))


class Visitable(Protocol):
    """Containers that really run."""

    def visit(
        self, which: Which, site: Site, secrets: Mapping[str, str], ask: Ask, path: str
    ) -> Reply:
        """The answer of one."""


Visit = Callable[[], Reply]
"""Gives the answer of a container, which may ask the stand-in itself meanwhile."""


def live(
    stored: Stored,
    ask: Ask,
    applications: Mapping[str, Application],
    containers: Visitable | None,
    name: str,
    path: str,
) -> Visit:
    """The answer of a live address; a request wakes a Space that sleeps."""
    repository = _at(stored, name)
    if repository is None:
        return _at_once(_old_name(stored, ask, name, path))
    run = stored.run(repository)
    if run.stage == "SLEEPING":
        stored.restart(repository, Cause.RESTART)
        return _at_once(_waiting(503, "This Space is asleep. It starts now."))
    if run.serving is None:
        return _at_once(_waiting(503, f"This Space does not run: {run.stage}"))
    is_new = run.stage == "RUNNING" and stored.now() < run.since + stored.switches.preparing
    if is_new:
        return _at_once(_waiting(503, "Preparing Space"))
    site, whole = site_of(stored, repository, run.serving), _with_query(ask, path)
    if containers is not None and repository.space is not None and SHIFTING_PATH in site.files:
        which = Which(repository.key, run.serving, run.began)
        secrets = {k: str(one["value"]) for k, one in repository.space.secrets.items()}
        return lambda: containers.visit(which, site, secrets, ask, whole)
    answer = applications.get(repository.id) or applications.get("", page_of_tree)
    return lambda: answer(site, whole)


def beside(
    stored: Stored,
    ask: Ask,
    applications: Mapping[str, Application],
    place: tuple[str, str],
    path: str,
) -> Visit:
    """The answer of the board next to a gateway: of a repository at a commit."""
    site = site_of(stored, stored.space(place[0]), place[1])
    answer = applications.get(place[0]) or applications.get("", page_of_tree)
    return lambda: answer(site, _with_query(ask, path))


def _at_once(reply: Reply) -> Visit:
    return lambda: reply


def _with_query(ask: Ask, path: str) -> str:
    return f"{path or '/'}?{ask.query_text}" if ask.query_text else path or "/"


def site_of(stored: Stored, repository: Repository, commit_id: str) -> Site:
    """The container of a commit."""
    commit = _commit(repository, commit_id)
    files = {path: stored.content(entry) for path, entry in commit.files.items()}
    space = repository.space
    variables = {k: str(one["value"]) for k, one in space.variables.items()} if space else {}
    return Site(repository.id, commit_id, files, variables)


def space_page(stored: Stored, ask: Ask, repository: Repository) -> Reply:
    """The page of a repository on the Hub, which frames the live address of a Space."""
    title, space = html.escape(repository.id), repository.space
    frame = ""
    if space is not None:
        frame = f'<iframe src="{ask.base}/-/live/{space.subdomain}/"></iframe>'
    likes = f"<p>{len(repository.likes)} likes</p>"
    text = f"<!doctype html><title>{title}</title><body><h1>{title}</h1>{likes}{frame}"
    return Reply(200, text.encode(), (_HTML,))


def _commit(repository: Repository, commit_id: str) -> Commit:
    return next(one for one in repository.commits if one.id == commit_id)


def _at(stored: Stored, name: str) -> Repository | None:
    for repository in stored.names.values():
        if repository.space is not None and repository.space.subdomain == name:
            return repository
    return None


def _old_name(stored: Stored, ask: Ask, name: str, path: str) -> Reply:
    """The live address of a name that a Space had before."""
    for (_, old), repository in stored.moved.items():
        space = repository.space
        if space is not None and subdomain_of(old) == name:
            if stored.switches.old_subdomain == "redirects":
                location = f"{ask.base}/-/live/{space.subdomain}{path}"
                return Reply(307, b"", (("Location", location),))
            break
    return _waiting(404, "There is no Space here.")


def _waiting(status: int, text: str) -> Reply:
    page = f"<!doctype html><title>{html.escape(text)}</title><p>{html.escape(text)}"
    return Reply(status, page.encode(), (_HTML,))
