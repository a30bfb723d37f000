"""Two tasks from the documentation strings of NumPy, SciPy and scikit-learn (all BSD-3-Clause).

The sources are parsed, not imported: what is read depends on the pinned packages alone.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from frontrunner.evaluate.worker.datasets.kinds import Built, pick

_SECTION = re.compile(r"\n\s*(See Also|References|Examples|Returns|Raises|Attributes)\n\s*-+\n")
_RULE = re.compile(r"^\s*-{3,}\s*$", re.MULTILINE)
_MARKUP = re.compile(r"[`*]+|\.\. \w+::|:\w+:")
_SPACE = re.compile(r"\s+")
_MIN_SUMMARY, _MIN_BODY, _MAX_BODY = 30, 200, 300


@dataclass(frozen=True)
class Documented:
    """A public function or class: where it lives, its summary line and what follows it."""

    name: str
    area: str
    summary: str
    body: str


def read_documented(roots: Mapping[str, Path]) -> list[Documented]:
    """Read what each package's sources say about their public functions and classes."""
    found: dict[str, Documented] = {}
    for package, root in sorted(roots.items()):
        for path in sorted(root.rglob("*.py")):
            parts = path.relative_to(root).parts
            if len(parts) > 1 and not any(_private(part) for part in parts[:-1]):
                for entry in _entries(path, f"{package}.{parts[0]}"):
                    found.setdefault(entry.summary, entry)
    return [found[summary] for summary in sorted(found)]


def _private(part: str) -> bool:
    return part in ("tests", "externals") or part.startswith("_")


def _entries(path: Path, area: str) -> Iterator[Documented]:
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            entry = _entry(node.name, area, ast.get_docstring(node) or "")
            if entry:
                yield entry


def _entry(name: str, area: str, text: str) -> Documented | None:
    summary, _, rest = text.partition("\n\n")
    body = _plain(_RULE.sub("", _SECTION.split("\n" + rest)[0]))[:_MAX_BODY]
    summary = _plain(summary)
    if len(summary) < _MIN_SUMMARY or len(body) < _MIN_BODY or summary[:40] in body:
        return None
    return Documented(name, area, summary, body)


def _plain(text: str) -> str:
    return _SPACE.sub(" ", _MARKUP.sub("", text)).strip()


# --- Clustering: which part of which library is this about? -------------------------------------


def docs_clustering(entries: Iterable[Documented], smallest: int = 20, largest: int = 60) -> Built:
    """Summaries and the text after them, grouped by the subpackage that they come from."""
    areas: dict[str, set[str]] = defaultdict(set)
    for entry in entries:
        areas[entry.area].add(f"{entry.summary} {entry.body}"[:300])
    texts: list[str] = []
    labels: list[int] = []
    kept = sorted(area for area, members in areas.items() if len(members) >= smallest)
    for label, area in enumerate(kept):
        chosen = pick(areas[area], largest, f"docs-clustering-{area}")
        texts += chosen
        labels += [label] * len(chosen)
    return {"default": {"test": {"sentences": texts, "labels": labels}}}


# --- Retrieval: which function's details belong to this summary? --------------------------------


def docs_retrieval(
    entries: Iterable[Documented], queries: int = 300, documents: int = 1000
) -> Built:
    """A summary line asks; the rest of the same documentation string is the one right answer."""
    by_id = {f"{e.area}.{e.name}": e for e in entries}
    corpus = pick(by_id, documents, "docs-corpus")
    asked = pick(corpus, queries, "docs-retrieval")
    content = {
        "queries": {name: by_id[name].summary for name in asked},
        "corpus": {name: by_id[name].body for name in sorted(corpus)},
        "relevant": {name: {name: 1} for name in asked},
    }
    return {"default": {"test": content}}
