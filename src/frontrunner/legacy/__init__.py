"""Readers and writers of the older boards' formats, and what succeeds each of their tables.

The first board kept its tables as JSON lines beside two YAML files and one JSON file: `read_tree`
reads such a folder, `write_tree` writes one. The second board's dump of results is read by
`read_dump`. What succeeds each old table is said in `boards.toml`.
"""

from frontrunner.legacy.boardmap import Successor, load_board_map
from frontrunner.legacy.tables import Problem, Table
from frontrunner.legacy.tree import Tree, read_tree, write_tree

__all__ = ["Problem", "Successor", "Table", "Tree", "load_board_map", "read_tree", "write_tree"]
