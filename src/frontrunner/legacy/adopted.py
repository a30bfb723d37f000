"""What a home keeps of the old board after `legacy adopt`: its columns and its model list."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from frontrunner.base.atomic import write_file
from frontrunner.base.errors import LegacyError
from frontrunner.base.home import Home
from frontrunner.base.json import read_as
from frontrunner.legacy.files.tree import Tree, document_parts, read_documents, tasks_by_kind
from frontrunner.legacy.gradio.model_types import NamedTypes, old_types


class Adopted(msgspec.Struct, frozen=True):
    """The part of the old board that its calls need."""

    boards: dict[str, Any]
    """From its configuration: board -> whether it has an overall table, and tasks by type."""
    types: dict[str, NamedTypes]
    """Printed name -> the type boxes that find the model."""

    def tree(self) -> Tree:
        """An old folder without rows, for `fresh_tree` to fill."""
        return Tree({"boards": self.boards}, {}, {}, ())


def adopt(tree: Tree, home: Path) -> Path:
    """Store what the calls need of `tree`; returns the file. Raises LegacyError if it cannot."""
    at = Home(home)
    try:
        at.adopted_documents.mkdir(parents=True, exist_ok=True)
        for name, content in document_parts(tree).items():
            write_file(at.adopted_documents / name, content)
        write_file(at.adopted, msgspec.json.encode(_adopted(tree)))
    except OSError as error:
        raise LegacyError(f"{at.legacy} cannot be written: {error.strerror or error}.") from error
    return at.adopted


def adopted_tree(home: Path) -> Tree:
    """The old board's documents, without tables, as they were adopted.

    Raises LegacyError if no board was adopted.
    """
    folder = Home(home).adopted_documents
    if not folder.is_dir():
        raise LegacyError(
            f"No old board was adopted in {home}. Give its folder with --legacy, or once: "
            "frontrunner legacy adopt DIR"
        )
    return read_documents(folder)


def _adopted(tree: Tree) -> Adopted:
    boards = {
        str(name): {"has_overall": bool(facts.get("has_overall")), "tasks": tasks_by_kind(facts)}
        for name, facts in tree.config["boards"].items()
    }
    rows = (model for table in tree.tables for model in table.anchors)
    return Adopted(boards, old_types(tree.model_meta, rows))


def read_adopted(home: Path) -> Adopted | None:
    """The adopted board; None if there is none. Raises LegacyError if the file is damaged."""
    path = Home(home).adopted
    try:
        return read_as(path, Adopted)
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise LegacyError(
            f"{path} cannot be read: {error}. Give the old board's folder again: "
            "frontrunner legacy adopt DIR"
        ) from error
