"""Readers and writers of the older boards' formats, and what succeeds each of their tables.

The first board kept its tables as JSON lines next to two YAML files and one JSON file: `read_tree`
reads such a folder, and `write_tree` writes one. `read_dump` reads the second board's dump of
results, and `write_results` turns it into result files. `boards.toml` lists what succeeds each old
table.

Nothing is imported here, so that a server can import one part without the libraries of the others.
"""
