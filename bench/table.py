"""The budget table: every row, ours beside the peer, measured in this run."""

from __future__ import annotations

import argparse
import json
import os
import platform

from rich.console import Console
from rich.table import Table

from bench import reading, serving
from bench.harness import Row


def show(rows: list[Row]) -> None:
    """Print the table."""
    table = Table("what", "peer", "ours", "budget", "met", "note", title="Frontrunner and mteb")
    for row in rows:
        table.add_row(
            row.what, row.peer, row.ours, row.budget, "yes" if row.met else "NO", row.note
        )
    Console(width=150).print(table)


def main() -> None:
    """Measure, and print as a table or as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON")
    asked = parser.parse_args()
    rows = [*reading.rows(), *serving.rows()]
    if asked.json:
        machine = {"python": platform.python_version(), "cores": os.cpu_count()}
        print(json.dumps({"machine": machine, "rows": [row._asdict() for row in rows]}, indent=2))
    else:
        show(rows)


if __name__ == "__main__":
    main()
