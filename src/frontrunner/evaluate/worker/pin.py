"""Print `datasets.toml`: what each starter task's data is now, by its content and its size.

Run it after changing a task or a pinned package on purpose. Every result must then be measured
again.
"""

from __future__ import annotations

import sys
from typing import Any

from frontrunner.evaluate.worker.datasets import BUILDERS
from frontrunner.evaluate.worker.datasets.kinds import Built, fingerprint


def main() -> None:
    """Build everything and describe it on stdout."""
    sys.stdout.write("# Made by frontrunner.evaluate.worker.pin; see README.md.\n")
    for name, build in BUILDERS.items():
        sys.stdout.write("\n" + describe(name, build()))


def describe(name: str, built: Built) -> str:
    """Say in TOML what a task's data is: its revision and, per split, how much of what."""
    first = next(iter(built.values()))
    lines = [f"[{name}]", f'revision = "{fingerprint(built)}"', f"subsets = {len(built)}"]
    lines += [f"{split} = {_sizes(content)}" for split, content in sorted(first.items())]
    return "\n".join(lines) + "\n"


def _sizes(content: dict[str, Any]) -> str:
    if "queries" in content:
        parts = {key: len(content[key]) for key in ("queries", "corpus")}
    else:
        parts = {"samples": len(next(iter(content.values())))}
    return "{ " + ", ".join(f"{key} = {count}" for key, count in parts.items()) + " }"


if __name__ == "__main__":
    main()
