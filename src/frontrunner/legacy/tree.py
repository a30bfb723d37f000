"""The first board's whole folder: tables, configuration, model list, external results."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from frontrunner.errors import LegacyError
from frontrunner.legacy.tables import Problem, Table, read_table, table_bytes, table_path

COPIES = "all_data_tasks"
"""Where the first board kept every task table once more, by number; programs read these too."""
CONFIG, MODEL_META, EXTERNAL = "config.yaml", "model_meta.yaml", "EXTERNAL_MODEL_RESULTS.json"

Document = Mapping[str, Any]


_PLAIN = re.compile(r"\w[\w .+-]*")


@dataclass(frozen=True)
class Tree:
    """The first board's files, read. What was wrong with them is in `problems`."""

    config: Document
    """`tasks` by type with their metric, and `boards` with their tasks by type."""
    model_meta: Document
    """`model_meta`, `models_to_skip` and `cross_encoders`."""
    external: Document
    """Model -> task type -> metric -> rows: numbers that were kept apart from result files."""
    tables: tuple[Table, ...]
    problems: tuple[Problem, ...] = ()

    def table(self, board: str, kind: str) -> Table | None:
        """One table, or None where it is missing."""
        return next((one for one in self.tables if one.key == (board, kind)), None)


def expected_tables(config: Document) -> list[tuple[str, str]]:
    """Board and kind of every table that the configuration promises, in its order."""
    found = []
    for board, facts in (config.get("boards") or {}).items():
        if facts.get("has_overall"):
            found.append((str(board), ""))
        found.extend((str(board), str(kind)) for kind in facts.get("tasks") or {})
    return found


def read_tree(folder: Path) -> Tree:
    """Read the folder of the first board.

    Raises LegacyError where it is not one. A missing or damaged part of it is a problem, said in
    `problems`, and the rest is read.
    """
    problems: list[Problem] = []
    config = _yaml(folder / CONFIG, problems)
    if not isinstance(config.get("boards"), dict):
        raise LegacyError(
            f"{folder} is not the folder of a first board: {CONFIG} with its boards is missing or "
            "cannot be read. Give the folder that holds config.yaml and boards_data/."
        )
    config = _sound(config, problems)
    tables = _tables(folder, config, problems)
    problems.extend(_copies(tables))
    return Tree(
        config=config,
        model_meta=_yaml(folder / MODEL_META, problems),
        external=_json(folder / EXTERNAL, problems),
        tables=tuple(tables),
        problems=tuple(problems),
    )


def _sound(config: Document, problems: list[Problem]) -> Document:
    """The configuration without what is no board; names must not lead out of the folder."""
    boards = {}
    for name, facts in config["boards"].items():
        if not _PLAIN.fullmatch(str(name)) or not isinstance(facts, dict):
            problems.append(Problem(CONFIG, f"boards: {name!r} is no board, left out"))
            continue
        kinds = facts.get("tasks") or {}
        if not isinstance(kinds, dict) or not all(_PLAIN.fullmatch(str(one)) for one in kinds):
            problems.append(Problem(CONFIG, f"boards: the tasks of {name!r} have no plain types"))
            kinds = {}
        boards[name] = facts | ({"tasks": kinds} if "tasks" in facts else {})
    sound = {**config, "boards": boards}
    if not isinstance(config.get("tasks") or {}, dict):
        problems.append(Problem(CONFIG, "tasks: not a table of types, left out"))
        sound["tasks"] = {}
    return sound


def _tables(folder: Path, config: Document, problems: list[Problem]) -> list[Table]:
    found = []
    for board, kind in expected_tables(config):
        try:
            table = read_table(folder, board, kind)
        except OSError as error:
            problems.append(Problem(table_path(board, kind), f"missing: {error.strerror}"))
            continue
        problems.extend(table.problems)
        problems.extend(_repeated(table))
        found.append(table)
    return found


def _repeated(table: Table) -> list[Problem]:
    """Rows that name one model twice: same name, same link."""
    seen: dict[object, int] = {}
    problems = []
    for row, one in enumerate(table.anchors, start=1):
        if one in seen:
            problems.append(
                Problem(f"{table.path}:{row}", f"{one.name} stands in row {seen[one]} already")
            )
        seen.setdefault(one, row)
    return problems


def _copies(tables: list[Table]) -> list[Problem]:
    """Tables whose rows are those of another board's table."""
    first: dict[bytes, Table] = {}
    problems = []
    for table in tables:
        original = first.setdefault(table_bytes(table), table)
        if table.rows and original is not table:
            problems.append(Problem(table.path, f"a copy of {original.path}, row by row"))
    return problems


def _yaml(path: Path, problems: list[Problem]) -> Document:
    try:
        content = yaml.load(path.read_bytes(), Loader=_LOADER)  # noqa: S506 -- a safe loader
    except OSError as error:
        problems.append(Problem(path.name, f"missing: {error.strerror}"))
        return {}
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        problems.append(Problem(path.name, f"not YAML: {error}"[:300]))
        return {}
    return content if isinstance(content, dict) else {}


_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _json(path: Path, problems: list[Problem]) -> Document:
    try:
        content = json.loads(path.read_bytes())
    except OSError as error:
        problems.append(Problem(path.name, f"missing: {error.strerror}"))
        return {}
    except (ValueError, RecursionError) as error:
        problems.append(Problem(path.name, f"not JSON: {error}"[:300]))
        return {}
    return content if isinstance(content, dict) else {}


def write_tree(tree: Tree, folder: Path) -> list[Path]:
    """Write the whole folder; returns the files, tables first.

    Tables and external results come out byte for byte as the first board wrote them. The YAML
    files come out equal in content; their comments, quoting and line breaks are not kept.
    """
    parts = {table.path: table_bytes(table) for table in tree.tables}
    tasks = [key for key in expected_tables(tree.config) if key[1]]
    numbers = {key: number for number, key in enumerate(tasks)}
    for table in tree.tables:
        if table.key in numbers:
            parts[f"{COPIES}/{numbers[table.key]}/default.jsonl"] = parts[table.path]
    for board, facts in tree.config["boards"].items():
        if not facts.get("has_overall"):
            parts[f"boards_data/{board}/data_overall/default.txt"] = b""
    parts[CONFIG] = _yaml_bytes(tree.config)
    parts[MODEL_META] = _yaml_bytes(tree.model_meta)
    parts[EXTERNAL] = json.dumps(tree.external, indent=4).encode("ascii")
    written = []
    for name, content in parts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        written.append(path)
    return written


def _yaml_bytes(content: Document) -> bytes:
    text: str = yaml.safe_dump(dict(content), sort_keys=False, allow_unicode=True, width=1000)
    return text.encode("utf-8")
