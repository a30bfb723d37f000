"""Rows 1 to 3: from files to score rows, to a published snapshot, and a refresh."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

from bench.harness import OURS, PEER, WORK, Row, median, results, run, say, warm

HOME = WORK / "home"
TIMES = 3


def build_command(data: Path, home: Path) -> list[str | Path]:
    """Our build, end to end."""
    return [OURS / "frontrunner", "build", "--results", data, "--home", home]


def prepare() -> Path:
    """The data, a home that knows the catalog, and warm caches."""
    data = results()
    say("Building once, to have the catalog and a board of this version ...")
    run(build_command(data, HOME))
    warm(data)
    return data


def score_rows(data: Path) -> Row:
    """Row 1."""
    say("Row 1: files to score rows")
    mine = []
    for _ in range(TIMES):
        warm(data)
        mine.append(run([OURS / "python", "-m", "bench.ours_ingest", data, HOME]))
    theirs = run([PEER / "python", "-m", "bench.peer.rows", data])
    seconds = median([float(one.out.split()[0]) for one in mine])
    memory = max(one.peak_mb for one in mine)
    return Row(
        "104,642 result files to score rows",
        f"{float(theirs.out.split()[0]):.1f} s, {theirs.peak_mb:,.0f} MB",
        f"{seconds:.2f} s, {memory:,.0f} MB",
        "4 s, 600 MB",
        seconds <= 4 and memory <= 600,
    )


def fresh_home() -> Path:
    """A home that has the catalog and nothing else."""
    home = WORK / "fresh"
    shutil.rmtree(home, ignore_errors=True)
    shutil.copytree(HOME / "catalog", home / "catalog")
    return home


def published(data: Path) -> Row:
    """Row 2."""
    say("Row 2: files to a published snapshot")
    mine = []
    for _ in range(TIMES):
        warm(data)
        mine.append(run(build_command(data, fresh_home())).seconds)
    theirs = run([PEER / "python", "-m", "bench.peer.build", data]).seconds
    return Row(
        "the same to a published snapshot of 78 boards",
        f"{theirs:.1f} s",
        f"{median(mine):.2f} s",
        "10 s",
        median(mine) <= 10,
        "whole process; theirs with every board's bytes made",
    )


def copied(data: Path) -> Path:
    """A copy of the data in which files can be replaced."""
    copy = WORK / "copy"
    shutil.rmtree(copy, ignore_errors=True)
    subprocess.run(["cp", "-al", str(data), str(copy)], check=True)  # noqa: S607
    return copy


def rewrite(path: Path, source: random.Random) -> None:
    """Replace a result file by one with other scores."""
    content = json.loads(path.read_bytes())
    for entries in content.get("scores", {}).values():
        for entry in entries:
            entry["main_score"] = round(source.random(), 5)
    path.unlink()
    path.write_text(json.dumps(content))


def refreshed(data: Path) -> list[Row]:
    """Row 3, for 100 files anywhere and for 100 files of one model."""
    say("Row 3: refresh after 100 changed files")
    source = random.Random(3)
    copy = copied(data)
    home = fresh_home()
    run(build_command(copy, home))
    files = sorted(path for path in copy.rglob("*.json") if path.name != "model_meta.json")
    one_model = sorted((copy / "results/intfloat__multilingual-e5-large").rglob("[A-Z]*.json"))
    rows = []
    for name, pool in (("anywhere", files), ("of one model", one_model)):
        published, prepared = [], []
        for _ in range(TIMES):
            for path in source.sample(pool, 100):
                rewrite(path, source)
            warm(copy)
            one, all_ = built(copy, home)
            published.append(one)
            prepared.append(all_)
        rows.append(
            Row(
                f"refresh, 100 files {name}, to published",
                "full rebuild",
                f"{median(published):.2f} s",
                "1.5 s",
                median(published) <= 1.5,
                f"every answer prepared again after {median(prepared):.1f} s",
            )
        )
    return rows


def built(data: Path, home: Path) -> tuple[float, float]:
    """Seconds from the start of a build to when it has published, and to its end."""
    began = time.perf_counter()
    published = 0.0
    with subprocess.Popen(
        build_command(data, home), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as process:
        for line in process.stderr or ():
            if line.startswith("Published"):
                published = time.perf_counter() - began
    if process.returncode or not published:
        sys.exit(f"The build did not publish: it ended with {process.returncode}")
    return published, time.perf_counter() - began


def rows() -> list[Row]:
    """All rows of this script."""
    data = prepare()
    return [score_rows(data), published(data), *refreshed(data)]


if __name__ == "__main__":
    for row in rows():
        print(*row, sep="\t")
