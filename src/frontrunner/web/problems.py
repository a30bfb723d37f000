"""The pages for what is not there and for what could not be made; each has a way on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from frontrunner.web.lookup import Found, near, near_pages, near_tabs
from frontrunner.web.matching import LONGEST
from frontrunner.web.misspelled import Misspelled, corrected
from frontrunner.web.text import quoted
from frontrunner.web.urls import model_path
from frontrunner.web.view_table import VIEWS
from frontrunner.web.visit import Shown, Visit
from frontrunner.web.words import Words

_PAGES = ("boards", "models", "tasks", "compare", "data", "changes")


def missing(visit: Visit, path: str) -> Shown:
    """The page for a path that does not exist; it offers near names."""
    first, _, rest = path.partition("/")
    found = near_tabs(visit, rest) or near(visit, rest or first, first)
    if first not in VIEWS:
        found = [*near_pages(visit, first, _PAGES), *found]
    wanted = (rest or first).rpartition("/")[2][:LONGEST]
    shown = problem(visit, 404, visit.t("problem.look"), found, wanted)
    return replace(shown, title=visit.t("problem.nothing", path=quoted(f"/{path}")))


def failed(visit: Visit, status: int, why: str = "") -> Shown:
    """A page was not made: by a fault of ours, unless `why` says otherwise."""
    return problem(visit, status, why or visit.t("problem.ours"), [], "")


def misspelled(visit: Visit, path: str, query: Mapping[str, str], wrong: Misspelled) -> Shown:
    """The page for an unknown value of a filter: links to the closest value and without it."""
    value, page = quoted(wrong.value), visit.links.page(model_path(path))
    what = visit.t("problem.filter", parameter=_label(visit.t, wrong.parameter), value=value)
    offered = (wrong.near,) if wrong.near else wrong.few
    near = [Found(one, page + corrected(query, wrong, one)) for one in offered]
    shown = problem(visit, 422, what, near, "")
    shown = replace(shown, title=visit.t("problem.value"))
    without = page + corrected(query, wrong, None)
    return replace(shown, values={**shown.values, "without": without})


def _label(t: Words, parameter: str) -> str:
    """What the pages call a filter; its name in the address if they have no word for it."""
    if parameter in ("min", "max"):
        return t("cols.params")
    keys = (f"{table}.{parameter}" for table in ("finder", "rank", "tools"))
    return next((t(key) for key in keys if key in t.messages), parameter)


def problem(visit: Visit, status: int, what: str, found: list[Found], wanted: str) -> Shown:
    """A page that says `what` is wrong, with links to what was `found` and a search."""
    values = {"what": what, "near": found, "wanted": wanted}
    return Shown("problem.html", visit.t(f"problem.title_{status}"), values, status=status)
