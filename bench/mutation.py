"""Mutation testing: change the code in small ways, and count the changes that a test notices.

Usage: python -m bench.mutation [--sample N] [--least PERCENT] [--fresh] [PACKAGE ...]

Each package is mutated by mutmut in a copy of the project under .mutation/, and tested with the
tests of the same name; two packages at a time, because getting ready uses one core each. A second
run tests again what survived, and functions that changed; `--fresh` tests everything. `--sample N`
tests N mutants of each package, always the same ones. Exits with 1 if a package's score is below
`--least`; of a sample, if the score of all packages together is, for in a small sample of one
package a single survivor decides.
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("ranking", "results", "snapshot", "checks")
SURVIVED, UNTESTED = 0, 33
"""mutmut's exit codes. Any other code is a mutant that crashed or ran out of time: also noticed."""
_AT_ONCE = 2
"""Packages that are examined at the same time."""
_OUT_OF_TIME = frozenset({-24, 24, 36, 152, 255})
_CONFIG = """
[tool.mutmut]
source_paths = ["src"]
only_mutate = ["src/frontrunner/{package}/*"]
pytest_add_cli_args_test_selection = {tests}
pytest_add_cli_args = ["-p", "no:randomly", "-p", "no:cacheprovider"]
do_not_mutate_patterns = ["raise \\\\w+"]
process_isolation = "forkserver"
"""
"""From a process that ran tests itself, Polars would hang in each fork, which counts as noticed."""


class Change(NamedTuple):
    """One mutant: which function, the line as it was, and the line as it became."""

    function: str
    was: str
    becomes: str


class Score(NamedTuple):
    """The mutants of one package, by what became of them."""

    package: str
    noticed: int
    survivors: tuple[tuple[str, Change], ...]
    """Name and change of each mutant that no test noticed, equivalent ones left out."""
    equivalent: int
    timed_out: int
    """How many of the noticed mutants ran out of time."""
    skipped: int
    """Functions that are not mutated, because mutmut leaves decorated functions alone."""

    @property
    def percent(self) -> float:
        """Noticed mutants among all that are not equivalent, in percent."""
        total = self.noticed + len(self.survivors)
        return 100 * self.noticed / total if total else 100.0


def lay_out(package: str, folder: Path, *, fresh: bool) -> None:
    """Copy the project to `folder`, with mutmut's configuration for `package`."""
    if fresh:
        shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    for part in ("src", "tests"):
        shutil.rmtree(folder / part, ignore_errors=True)
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    config = _CONFIG.format(package=package, tests=json.dumps([f"tests/{package}"]))
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    (folder / "pyproject.toml").write_text(text + config, encoding="utf-8")
    # Tests may be new: which of them reach a function is found out anew.
    (folder / "mutants" / "mutmut-stats.json").unlink(missing_ok=True)


def mutmut(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run mutmut in `folder`; what it prints is captured."""
    command = [sys.executable, "-m", "mutmut", *words]
    env = settings(os.environ)
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)


def settings(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment of mutmut: the same for everyone, so that a survivor belongs to the tests.

    `CI` makes the examples the same every time. Options meant for other runs of pytest are left
    out: a seed for the order, for one, is no option where the order is fixed.
    """
    kept = {name: value for name, value in environment.items() if name != "PYTEST_ADDOPTS"}
    return kept | {"CI": "1", "PYTHONPATH": ""}


def outcomes(folder: Path) -> dict[str, int | None]:
    """Mutant -> exit code; None if it was not tested."""
    found: dict[str, int | None] = {}
    for file in sorted((folder / "mutants" / "src").rglob("*.py.meta")):
        found |= json.loads(file.read_bytes())["exit_code_by_key"]
    return found


def forget_survivors(folder: Path) -> None:
    """Have mutmut test again what survived: the tests may have changed."""
    for file in (folder / "mutants" / "src").rglob("*.py.meta"):
        meta = json.loads(file.read_bytes())
        codes = meta["exit_code_by_key"]
        meta["exit_code_by_key"] = {
            name: None if code in {SURVIVED, UNTESTED} else code for name, code in codes.items()
        }
        file.write_text(json.dumps(meta), encoding="utf-8")


def sample_of(names: Sequence[str], size: int) -> list[str]:
    """`size` of the names, spread evenly and the same on every machine."""
    return sorted(names, key=lambda name: hashlib.sha256(name.encode()).digest())[:size]


def sampled(folder: Path, size: int | None) -> dict[str, int | None]:
    """The outcomes of a sample of the mutants, or of all."""
    found = outcomes(folder)
    return found if size is None else {name: found[name] for name in sample_of(list(found), size)}


def run_mutants(package: str, folder: Path, sample: int | None) -> None:
    """Have mutmut test the package's mutants, or a sample of them."""
    words: list[str] = []
    if sample is not None:
        mutmut(folder, "run", "only-generate")  # No mutant has this name.
        words = [name for name, code in sampled(folder, sample).items() if code is None]
        if not words:
            return
    done = mutmut(folder, "run", *words)
    if done.returncode and "collect" in done.stdout + done.stderr:
        # One test that failed by chance while mutmut looked which tests reach what ends the run.
        print(f"{package}: {_failed(done)}; trying once more", file=sys.stderr)
        done = mutmut(folder, "run", *words)
    if done.returncode:
        sys.exit(f"mutmut failed on {package}:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")


def _failed(done: subprocess.CompletedProcess[str]) -> str:
    """The tests that failed, as pytest names them."""
    failed = [line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    return ", ".join(failed) or "mutmut failed"


def change_of(folder: Path, name: str) -> Change:
    """What a mutant changes."""
    diff = mutmut(folder, "show", name).stdout.splitlines()
    lines = [line for line in diff if not line.startswith(("---", "+++"))]
    was = " ".join(line[1:].strip() for line in lines if line.startswith("-"))
    becomes = " ".join(line[1:].strip() for line in lines if line.startswith("+"))
    function = name.partition("__mutmut_")[0].replace("x_", "", 1).replace("xǁ", "")
    return Change(function.replace("ǁ", "."), was, becomes)


def equivalents() -> Counter[Change]:
    """The mutants that were judged to change nothing that can be seen, from equivalents.toml."""
    content = (ROOT / "bench" / "equivalents.toml").read_text(encoding="utf-8")
    return Counter(
        Change(one["function"], one["was"], one["becomes"])
        for one in tomllib.loads(content).get("equivalent", ())
    )


def undecorated(folder: Path) -> Iterator[bool]:
    """For each function in `folder`, whether mutmut mutates it."""
    for file in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_bytes())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                names = [one.id for one in node.decorator_list if isinstance(one, ast.Name)]
                yield not node.decorator_list or names in (["staticmethod"], ["classmethod"])


def score(package: str, folder: Path, sample: int | None = None) -> Score:
    """Count what became of the package's mutants, or of a sample of them."""
    codes = {name: code for name, code in sampled(folder, sample).items() if code is not None}
    alive = [name for name, code in codes.items() if code in {SURVIVED, UNTESTED}]
    known, survivors = equivalents(), []
    for name in alive:
        change = change_of(folder, name)
        if not known[change]:
            survivors.append((name, change))
    skipped = list(undecorated(ROOT / "src" / "frontrunner" / package)).count(False)
    equal = len(alive) - len(survivors)
    late = sum(code in _OUT_OF_TIME for code in codes.values())
    return Score(package, len(codes) - len(alive), tuple(survivors), equal, late, skipped)


def together(scores: Sequence[Score]) -> Score:
    """The mutants of several packages, counted as those of one."""
    survivors = tuple(one for each in scores for one in each.survivors)
    numbers = [(one.noticed, one.equivalent, one.timed_out, one.skipped) for one in scores]
    noticed, equal, late, skipped = map(sum, zip(*numbers, strict=True))
    return Score("all", noticed, survivors, equal, late, skipped)


def table(scores: Sequence[Score]) -> str:
    """The scores as a Markdown table."""
    lines = [
        "| package | mutants | noticed | by time | equivalent | score | functions not mutated |",
        "|---|---|---|---|---|---|---|",
    ]
    for one in scores:
        total = one.noticed + len(one.survivors) + one.equivalent
        tested = (one.package, total, one.noticed, one.timed_out, one.equivalent)
        cells = (*tested, f"{one.percent:.1f}%", one.skipped)
        lines.append("| " + " | ".join(map(str, cells)) + " |")
    return "\n".join(lines)


def main() -> None:
    """Read the arguments, test the mutants, print survivors and scores."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("packages", nargs="*", default=list(PACKAGES), metavar="PACKAGE")
    parser.add_argument("--sample", type=int, help="test this many mutants of each package")
    parser.add_argument("--least", type=float, default=0.0, help="fail below this score (percent)")
    parser.add_argument("--fresh", action="store_true", help="forget earlier runs")
    asked = parser.parse_args()
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        scores = list(pool.map(lambda package: examine(package, asked), asked.packages))
    for name, change in together(scores).survivors:
        print(f"{name}\n  - {change.was}\n  + {change.becomes}")
    print(table([*scores, together(scores)]))
    judged = scores if asked.sample is None else [together(scores)]
    sys.exit(any(one.percent < asked.least for one in judged))


def examine(package: str, asked: argparse.Namespace) -> Score:
    """Test the mutants of one package that are asked for, and count them."""
    folder = ROOT / ".mutation" / package
    lay_out(package, folder, fresh=asked.fresh)
    forget_survivors(folder)
    run_mutants(package, folder, asked.sample)
    return score(package, folder, asked.sample)


if __name__ == "__main__":
    main()
