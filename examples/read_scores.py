"""Print a board's best small open models for one task type: `python read_scores.py URL`.

It needs only the standard library.
"""

from __future__ import annotations

import csv
import io
import json
import sys
import urllib.parse
import urllib.request


def get(url: str) -> str:
    """The body at a URL."""
    with urllib.request.urlopen(url, timeout=30) as answer:
        return str(answer.read().decode("utf-8"))


def main(board: str) -> None:
    """Print a ranking and a table."""
    first = json.loads(get(f"{board}/v1/benchmarks"))[0]["name"]
    query = {"benchmark": first, "max_params_b": "0.5", "open_weights": "true"}
    query["types"] = "Retrieval"
    ranked = json.loads(get(f"{board}/v1/rank?{urllib.parse.urlencode(query)}"))
    print(f"The best open models under 500M for Retrieval on {first}:")
    for row in ranked["rows"][:3]:
        mean = "incomplete" if row["meanTask"] is None else f"{100 * row['meanTask']:.2f}"
        print(f"  {row['rank']}. {row['model']}: {mean}")
    table = get(f"{board}/v1/benchmarks/{urllib.parse.quote(first)}/scores.csv")
    rows = list(csv.DictReader(io.StringIO(table)))
    best = rows[0]
    print(f"{len(rows)} models; {best['model']} is first, with {best['tasks_scored']} tasks")


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/"))
