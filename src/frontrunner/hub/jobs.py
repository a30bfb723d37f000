"""Find scheduled jobs of a repository that still name what no longer exists after a move.

The workflow files are read, and the files of the repository that they mention. A name counts only
as a whole: `owner/name` is not found in `owner/name-2`. Pure, but for `read_jobs`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import msgspec
import yaml

from frontrunner.base.errors import UsageError
from frontrunner.base.near import near_names

_WORKFLOWS = ".github/workflows"
_LARGEST = 1024 * 1024
_BEFORE = r"(?:(?<![\w.-])|(?<=secrets\.)|(?<=vars\.)|(?<=env\.))"
"""Characters allowed before a name, so that it is not part of a longer one."""
_WORD = re.compile(r"[\w./-]+")


class Gone(msgspec.Struct, frozen=True):
    """Something that jobs must not name any more."""

    name: str
    why: str = "it was removed"
    is_space: bool = False
    """Whether the name is a Space, so that its live address counts as well."""


class JobFinding(msgspec.Struct, frozen=True, kw_only=True):
    """A line that names what no longer exists."""

    file: str
    line: int
    text: str
    name: str
    why: str
    workflow: str
    """The workflow that the file belongs to."""
    schedule: tuple[str, ...] = ()
    """When the workflow runs by itself, as cron lines."""


class JobsReport(msgspec.Struct, frozen=True, kw_only=True):
    """What the jobs of a repository name."""

    workflows: tuple[str, ...]
    findings: tuple[JobFinding, ...]


def read_jobs(root: Path) -> dict[str, str]:
    """The workflow files below `root` and the files that they mention, by path.

    Raises UsageError if there are no workflow files.
    """
    folder = root / _WORKFLOWS
    workflows = sorted(one for one in folder.glob("*.y*ml") if one.is_file())
    if not workflows:
        raise UsageError(f"{folder} has no workflow files. Name the root of a repository.")
    found = {str(one.relative_to(root)): _text(one) for one in workflows}
    for path in {word for text in list(found.values()) for word in _WORD.findall(text)}:
        mentioned = _inside(root, path)
        if mentioned is not None:
            found.setdefault(str(mentioned.relative_to(root.resolve())), _text(mentioned))
    return found


def stale_names(files: Mapping[str, str], gone: Sequence[Gone]) -> JobsReport:
    """Every line of the jobs that names one of `gone`."""
    workflows = tuple(path for path in files if path.startswith(_WORKFLOWS))
    findings: list[JobFinding] = []
    for workflow in workflows:
        schedule = schedule_of(files[workflow])
        used = [workflow, *_mentioned(files, workflow)]
        for path in used:
            for number, text in enumerate(files[path].splitlines(), start=1):
                findings += [
                    JobFinding(
                        file=path,
                        line=number,
                        text=text.strip()[:200],
                        name=one.name,
                        why=one.why,
                        workflow=workflow,
                        schedule=schedule,
                    )
                    for one in gone
                    if _names(text, one)
                ]
    return JobsReport(workflows=workflows, findings=tuple(findings))


def schedule_of(workflow: str) -> tuple[str, ...]:
    """The cron lines of a workflow; none if it has none, or is not YAML."""
    try:
        content = yaml.safe_load(workflow)
    except yaml.YAMLError:
        return ()
    if not isinstance(content, dict):
        return ()
    # YAML 1.1 reads the key `on` as true.
    triggers = content.get("on", content.get(True))
    entries = triggers.get("schedule") if isinstance(triggers, dict) else None
    rows = entries if isinstance(entries, list) else []
    return tuple(str(one["cron"]) for one in rows if isinstance(one, dict) and "cron" in one)


def parse_gone(text: str) -> Gone:
    """A `NAME=WHY` of the command line. Raises UsageError if it has no name."""
    name, _, why = text.partition("=")
    if not name.strip():
        raise UsageError(f"Name what no longer exists as NAME or NAME=WHY, got {text!r}")
    return Gone(name.strip(), why.strip() or "it was removed")


def near_misses(files: Mapping[str, str], gone: Iterable[Gone]) -> dict[str, str]:
    """Names that no job contains exactly, with the closest word: perhaps a misspelling."""
    words = {word for text in files.values() for word in _WORD.findall(text)}
    words |= {word.rpartition(".")[2] for word in words}
    found: dict[str, str] = {}
    for one in gone:
        if not any(_names(text, one) for text in files.values()):
            near = near_names(one.name, words, most=1)
            found |= {one.name: near[0]} if near else {}
    return found


def _names(text: str, gone: Gone) -> bool:
    written = [gone.name]
    if gone.is_space:
        written.append(re.sub(r"[^a-z0-9]", "-", gone.name.lower()) + ".hf.space")
    return any(
        re.search(rf"{_BEFORE}{re.escape(one)}(?![\w-]|\.\w)", text, re.IGNORECASE)
        for one in written
    )


def _mentioned(files: Mapping[str, str], workflow: str) -> list[str]:
    words = set(_WORD.findall(files[workflow]))
    return [
        path
        for path in files
        if not path.startswith(_WORKFLOWS) and any(_same(path, word) for word in words)
    ]


def _same(path: str, word: str) -> bool:
    return word.removeprefix("./").rstrip(".") == path


def _inside(root: Path, word: str) -> Path | None:
    """The file below `root` that a word names, if it does and is small."""
    path = (root / word.rstrip(".")).resolve()
    if not path.is_relative_to(root.resolve()) or not path.is_file():
        return None
    return path if path.stat().st_size <= _LARGEST else None


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")
