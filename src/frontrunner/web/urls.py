"""Every address that a page links to is made here, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import quote

from frontrunner.web.words import DEFAULT

# What encodeURIComponent leaves alone, so that our addresses equal those of the present board.
_PLAIN = "!'()*~"


def segment(name: str) -> str:
    """`name` as one segment of a path."""
    return quote(name, safe=_PLAIN)


def model_path(name: str) -> str:
    """`org/name` as the rest of a path; its slash stays."""
    return quote(name, safe=_PLAIN + "/")


SITE_CARD = "site"
"""The card of every page that has none of its own."""


def card_name(name: str) -> str:
    """The path of a card: `benchmark/`, `model/` or `task/` and a name, or the site's own.

    The present board has its pictures at the same paths.
    """
    return f"og/{model_path(name)}.png"


class Links(NamedTuple):
    """Makes addresses for one page.

    A live page has addresses from the root of its host. A page of a static export has relative
    ones: `root` is the way up from the page, and `suffix` ends the address of a page.
    """

    language: str = ""
    """The language in the path (`zh`), or empty where the reader's preference decides."""
    root: str = "/"
    suffix: str = ""
    version: str = ""
    """The snapshot that a live page was made from: no cache must answer for another one."""

    def page(self, path: str = "") -> str:
        """A page by its path without the leading slash."""
        inside = "/".join(part for part in (self.language, path) if part)
        return f"{self.root}{inside}{self.suffix if inside else ''}" or "./"

    def in_language(self, language: str, path: str) -> str:
        """The page at `path` (already encoded) in another language."""
        # A copy has the default language at its root.
        prefix = "" if self.suffix and language == DEFAULT else language
        return self._replace(language=prefix).page(path)

    def board(self, name: str, tab: str = "") -> str:
        """A board, or one of its tabs."""
        return self.page(f"benchmark/{segment(name)}{'/' if tab else ''}{tab}")

    def board_of_types(self, name: str, types: Iterable[str]) -> str:
        """A board, ranked over its tasks of some types."""
        picked = "~".join(segment(one) for one in types)
        return self.board(name) + (f"?types={picked}" if picked else "")

    def old_table(self, task: str, language: str) -> str:
        """An older board's table that is built from its tasks."""
        return self.page(f"old/{segment(task)}/{segment(language)}")

    def moved(self, model: str = "") -> str:
        """Where the old board's models went, or those of one name."""
        return self.page("moved") + (f"?model={segment(model)}" if model else "")

    def model(self, name: str, tab: str = "") -> str:
        """A model, or one of its tabs."""
        return self.page(f"models/{model_path(name)}{'/' if tab else ''}{tab}")

    def organization(self, name: str = "") -> str:
        """The models of an organisation, or all organisations."""
        return self.page(f"organizations/{model_path(name)}" if name else "organizations")

    def cite(self, path: str = "") -> str:
        """How to cite a page of ours, or the snapshot."""
        return self.page("cite") + (f"?of={segment(path)}" if path else "")

    def scores(self, model: str, **query: str) -> str:
        """Where a number of a model comes from: `board`, and `task` or a column of the board."""
        given = "&".join(f"{key}={segment(value)}" for key, value in query.items() if value)
        return self.page(f"scores/{model_path(model)}") + (f"?{given}" if given else "")

    def history(self, board: str = "") -> str:
        """All boards over time, or one."""
        return self.page(f"history/{segment(board)}" if board else "history")

    def feed(self, kind: str, name: str, form: str) -> str:
        """The feed of a board or a model: `atom` or `json`."""
        return f"{self.root}feeds/{kind}/{model_path(name)}.{form}"

    def task(self, name: str) -> str:
        """A task."""
        return self.page(f"tasks/{segment(name)}")

    def compare(self, models: Iterable[str] = (), board: str = "", kind: str = "") -> str:
        """Models side by side, perhaps on a board of choice and on tasks of one type."""
        names = ",".join(quote(name, safe="/") for name in models)
        pairs = [("models", names), ("board", quote(board, safe="")), ("type", quote(kind))]
        query = "&".join(f"{key}={value}" for key, value in pairs if value)
        return self.page("compare") + (f"?{query}" if query else "")

    def asset(self, name: str) -> str:
        """A file of `static/`, by its name with the hash."""
        return f"{self.root}_assets/{name}"

    def data(self, path: str) -> str:
        """An answer of the API, by its path below `/v1/`."""
        return f"{self.root}v1/{path}"

    def task_data(self, name: str) -> str:
        """A task's scores."""
        return self._file(f"tasks/{segment(name)}/scores{'.json' if self.suffix else ''}")

    def by_language(self, name: str) -> str:
        """A board's means in every language."""
        extension = ".json" if self.suffix else ""
        return self._file(f"benchmarks/{segment(name)}/per-language{extension}")

    def board_data(self, name: str, form: str = "") -> str:
        """A board's numbers: JSON, or a `form` such as `csv`."""
        extension = f".{form}" if form else (".json" if self.suffix else "")
        return self._file(f"benchmarks/{segment(name)}/scores{extension}")

    def _file(self, path: str) -> str:
        """An answer of the API that readers open: one that was cached earlier may be outdated."""
        return self.data(path) + (f"?v={self.version}" if self.version else "")
