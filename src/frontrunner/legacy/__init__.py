"""Readers and writers of the older boards' formats, and what succeeds each of their tables.

The first board kept its tables as JSON lines beside two YAML files and one JSON file: `read_tree`
reads such a folder, `write_tree` writes one. The second board's dump of results is read by
`read_dump`, and made into result files by `write_results`. What succeeds each old table is said
in `boards.toml`.

Nothing is imported here: a server reads a part of it without the libraries of the rest.
"""
