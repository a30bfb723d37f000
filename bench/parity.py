"""The whole comparison with the first board, on the real data: seconds, memory, and what it finds.

    python -m bench.parity

Nothing that was made before does this, so there is no peer; the budgets are 20 s and 1.5 GB.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from bench.harness import OURS, WORK, median, run, say, unpacked, warm
from bench.reading import HOME, build_command

TIMES = 3


def main() -> None:
    """Measure, and print one line for each figure."""
    results, legacy = unpacked("mteb-results"), unpacked("legacy-boards")
    say("Building once, to have a board of this version ...")
    run(build_command(results, HOME))
    warm(results)
    with tempfile.TemporaryDirectory(dir=WORK) as out:
        command: list[str | Path] = [
            OURS / "frontrunner", "parity", "--legacy", legacy, "--results", results,
            "--home", HOME, "--out", out, "--json",
        ]  # fmt: skip
        ran = [run(command) for _ in range(TIMES)]
    found = json.loads(ran[-1].out)
    print(f"whole process: {median([one.seconds for one in ran]):.2f} s (budget 20 s)")
    print(f"largest memory: {max(one.peak_mb for one in ran):,.0f} MB (budget 1,500 MB)")
    for gate in found["gates"]:
        print(f"{gate['gate']['name']}: {gate['value']:.4f} {gate['verdict']}")


if __name__ == "__main__":
    main()
