"""The first board's whole folder: tables, configuration, model list, external results."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from frontrunner.base.atomic import add_file, fresh_folder
from frontrunner.base.errors import LegacyError
from frontrunner.legacy.files.documents import (
    CONFIG,
    EXTERNAL,
    MODEL_META,
    Document,
    Original,
    document_bytes,
    read_document,
)
from frontrunner.legacy.files.tables import Problem, Table, read_table, table_bytes, table_path

COPIES = "all_data_tasks"
"""Copies of every task table by number, which programs read too."""

_PLAIN = re.compile(r"\w[\w .+-]*")


@dataclass(frozen=True)
class Tree:
    """The content of the first board's files, and the problems found while reading."""

    config: Document
    """`tasks` by type with their metric, and `boards` with their tasks by type."""
    model_meta: Document
    """`model_meta`, `models_to_skip` and `cross_encoders`."""
    external: Document
    """Model -> task type -> metric -> rows: numbers that did not come from result files."""
    tables: tuple[Table, ...]
    problems: tuple[Problem, ...] = ()
    originals: Mapping[str, Original] = field(default_factory=dict, compare=False, repr=False)
    """The three documents as they were read, by file name."""

    @property
    def documents(self) -> dict[str, Document]:
        """The three documents by file name."""
        return {CONFIG: self.config, MODEL_META: self.model_meta, EXTERNAL: self.external}

    def table(self, board: str, kind: str) -> Table | None:
        """One table, or None if it is missing."""
        return next((one for one in self.tables if one.key == (board, kind)), None)


def tasks_by_kind(board: Document) -> dict[str, list[str]]:
    """The columns of a board by task type, as its configuration lists them."""
    kinds = board.get("tasks") or {}
    return {
        str(kind): [str(name) for name in names] if isinstance(names, list) else []
        for kind, names in kinds.items()
    }


def expected_tables(config: Document) -> list[tuple[str, str]]:
    """Board and kind of every table in the configuration, in its order."""
    found = []
    for board, facts in (config.get("boards") or {}).items():
        if facts.get("has_overall"):
            found.append((str(board), ""))
        found.extend((str(board), str(kind)) for kind in facts.get("tasks") or {})
    return found


def read_tree(folder: Path) -> Tree:
    """Read the folder of the first board.

    Raises LegacyError if it is not one. A missing or damaged part is reported in `problems`, and
    the rest is read.
    """
    tree = read_documents(folder)
    problems = list(tree.problems)
    tables = _tables(folder, tree.config, problems)
    problems.extend(_copies(tables))
    return replace(tree, tables=tuple(tables), problems=tuple(problems))


def read_documents(folder: Path) -> Tree:
    """Read only the three documents: boards, models and external results."""
    problems: list[Problem] = []
    originals = {
        name: read_document(folder / name, problems) for name in (CONFIG, MODEL_META, EXTERNAL)
    }
    config = originals[CONFIG].content
    if not isinstance(config.get("boards"), dict):
        raise LegacyError(
            f"{folder} is not the folder of a first board: {CONFIG} with its boards is missing or "
            "cannot be read. Give the folder that holds config.yaml and boards_data/."
        )
    return Tree(
        config=_sound(config, problems),
        model_meta=originals[MODEL_META].content,
        external=originals[EXTERNAL].content,
        tables=(),
        problems=tuple(problems),
        originals=originals,
    )


def _sound(config: Document, problems: list[Problem]) -> Document:
    """The configuration without invalid boards; names must not lead out of the folder."""
    boards = {}
    for name, facts in config["boards"].items():
        if not _PLAIN.fullmatch(str(name)) or not isinstance(facts, dict):
            problems.append(Problem(CONFIG, f"boards: {name!r} is not a board; left out"))
            continue
        kinds = facts.get("tasks") or {}
        if not isinstance(kinds, dict) or not all(_PLAIN.fullmatch(str(one)) for one in kinds):
            problems.append(
                Problem(CONFIG, f"boards: the task types of {name!r} are not plain names; left out")
            )
            kinds = {}
        boards[name] = facts | ({"tasks": kinds} if "tasks" in facts else {})
    sound = {**config, "boards": boards}
    if not isinstance(config.get("tasks") or {}, dict):
        problems.append(Problem(CONFIG, "tasks: not a table of types; left out"))
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
                Problem(f"{table.path}:{row}", f"{one.name} is already in row {seen[one]}")
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


def write_tree(tree: Tree, folder: Path) -> list[Path]:
    """Write the whole folder, which must be new or empty; returns the files, tables first.

    It is written aside and appears whole or not at all. Every file comes out byte for byte as the
    first board wrote it, as long as nothing was changed in it. Raises LegacyError where it cannot
    be written.
    """
    parts = _parts(tree)
    try:
        with fresh_folder(folder, replace=False) as fresh:
            for name, content in parts.items():
                add_file(fresh / name, content)
    except OSError as error:
        raise LegacyError(f"{folder} cannot be written: {error.strerror or error}.") from error
    return [folder / name for name in parts]


def _parts(tree: Tree) -> dict[str, bytes]:
    """Every file of the tree by its path."""
    parts = {table.path: table_bytes(table) for table in tree.tables}
    tasks = [key for key in expected_tables(tree.config) if key[1]]
    numbers = {key: number for number, key in enumerate(tasks)}
    for table in tree.tables:
        if table.key in numbers:
            parts[f"{COPIES}/{numbers[table.key]}/default.jsonl"] = parts[table.path]
    for board, facts in tree.config["boards"].items():
        if not facts.get("has_overall"):
            parts[f"boards_data/{board}/data_overall/default.txt"] = b""
    return parts | document_parts(tree)


def document_parts(tree: Tree) -> dict[str, bytes]:
    """The three documents as files, by name."""
    return {
        name: document_bytes(name, content, tree.originals.get(name))
        for name, content in tree.documents.items()
    }
