"""100,000 hostile files: no crash, no hang, and every one accounted for."""

from __future__ import annotations

import json
import random
import shutil
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from frontrunner.answers.bodies import Bodies
from frontrunner.answers.schemas import BenchmarkSummary
from frontrunner.answers.service import Service
from frontrunner.results.archive import walk_archive
from frontrunner.results.ingest import ingest
from frontrunner.results.rejects import Reason
from tests.acceptance.conftest import shared
from tests.factories import catalog, result, snapshot_of, task

FILES = 100_000
BATCH = 5_000
SECONDS_PER_BATCH = 120
LITERALS = (
    b"null", b"true", b"NaN", b"-Infinity", b"1e999", b"-0", b"9" * 5000, b'"\\ud800"', b"[]",
    b"{}", b'{"a":' * 3000, b"[" * 3000, b"\x00", b"\xff\xfe", b'"' + b"x" * 5000 + b'"',
)  # fmt: skip


META = json.dumps(
    {
        "name": "org/a",
        "revision": "r",
        "experiment_kwargs": {"use_image": False, "embed_dim": 256, "x": {"y": [1]}},
        "embed_dim": 512,
        "model_type": ["dense"],
    }
).encode()


def seeds() -> list[bytes]:
    """Real files of several generations, and one of our own."""
    found = [json.dumps(result("T1", {"test": {"default": 0.5}}), indent=2).encode()]
    for number, member in enumerate(walk_archive(shared("data/mteb-results.tar.zst"))):
        if number > 40_000 or len(found) >= 300:
            break
        if number % 97 == 0 and member.data and len(member.data) < 20_000:
            found.append(member.data)
    return found


def mutated(data: bytes, source: random.Random) -> bytes:
    """A file with something wrong in it, or several things."""
    content = bytearray(data)
    for _ in range(source.randint(1, 3)):
        at = source.randrange(len(content) + 1)
        # Most often the JSON stays valid and its meaning goes wrong: that reaches deepest.
        kind = source.choices(range(6), weights=(1, 1, 2, 1, 1, 12))[0]
        if kind == 0:
            del content[at:]
        elif kind == 1:
            content[at:at] = source.choice(LITERALS)
        elif kind == 2 and content:
            content[at % len(content)] = source.randrange(256)
        elif kind == 3:
            del content[at : at + source.randint(1, 200)]
        elif kind == 4:
            content += content[at : at + 300]
        else:
            content = bytearray(swapped(bytes(content), source))
    return bytes(content)


def nested(depth: int) -> Any:
    """A list in a list in a list."""
    return [nested(depth - 1)] if depth else []


STRANGE: list[Any] = [
    None, True, [], {}, "x", -1, 1e308, float("nan"), float("inf"), [[[]]], {"test": 5},
    10**30, "\ud800", {"\ud800": 1}, "a\x00b\n\x1b[2J", nested(100),
]  # fmt: skip


def swapped(data: bytes, source: random.Random) -> bytes:
    """Valid JSON with one value replaced by another kind, or a key written twice."""
    try:
        tree = json.loads(data)
    except (ValueError, RecursionError):
        return data[::-1]
    holder, key = source.choice(list(places(tree)) or [({"x": 1}, "x")])
    holder[key] = source.choice(STRANGE)
    text = json.dumps(tree)
    return text.replace(":", ":1,", 1).encode() if source.random() < 0.1 else text.encode()


def places(tree: Any, depth: int = 0) -> Iterator[tuple[Any, Any]]:
    """Every value, by its container and key."""
    items = tree.items() if isinstance(tree, dict) else enumerate(tree)
    for key, value in list(items) if isinstance(tree, (dict, list)) else []:
        yield tree, key
        if depth < 6 and isinstance(value, (dict, list)):
            yield from places(value, depth + 1)


def named_tasks(files: list[bytes]) -> list[str]:
    """The tasks that the files say they are about."""
    loaded = (json.loads(file) for file in files)
    names = {one.get("task_name") or one.get("mteb_dataset_name") for one in loaded}
    return sorted(name for name in names if name)


def run(folder: Path, source_files: list[bytes], total: int) -> Counter[str]:
    """Write and read `total` files in batches."""
    source = random.Random(20261123)
    names = ["T1", "model_meta", "run_settings"]
    known = catalog([task(name) for name in named_tasks(source_files)], models=["org/a"])
    outcome: Counter[str] = Counter()
    for start in range(0, total, BATCH):
        root = folder / f"batch{start}"
        for number in range(start, min(start + BATCH, total)):
            run = f"/experiments/x{number % 7}" if number % 5 == 0 else ""
            parent = root / f"org__a/r{number % 50}{run}"
            parent.mkdir(parents=True, exist_ok=True)
            name = source.choices(names, weights=(90, 8, 2))[0]
            ending = ".jsonl" if name == "run_settings" else ".json"
            path = parent / (f"{name}{number}{ending}" if name == "T1" else f"{name}{ending}")
            whole = META if name == "model_meta" else source.choice(source_files)
            path.write_bytes(mutated(whole, source))
        count = sum(1 for path in root.rglob("*") if path.is_file())
        began = time.monotonic()
        ingested = ingest(root, known)
        assert time.monotonic() - began < SECONDS_PER_BATCH
        plain = sum(1 for path in root.rglob("model_meta.json")) + sum(
            1 for path in root.rglob("run_settings.jsonl")
        )
        told = {reject.path for reject in ingested.rejects}
        # A file without a number has a line, and rows that say that the task was run.
        empty = {one.path for one in ingested.rejects if one.reason is Reason.NO_NUMBER}
        used = set(ingested.origins.path) - empty
        assert ingested.files_seen == count
        assert not told & used
        assert count - plain <= len(told | used) <= count
        # What was read can be stored and shown too, as JSON that others read.
        snapshot = snapshot_of(folder / f"home{start}", ingested)
        body = Bodies(Service(snapshot)).scores("All", ()).identity
        msgspec.json.decode(body, type=BenchmarkSummary)
        assert Service(snapshot).info()
        shutil.rmtree(folder / f"home{start}")
        outcome.update(str(reject.reason) for reject in ingested.rejects)
        outcome["used"] += len(used)
    return outcome


def test_two_thousand_hostile_files(tmp_path: Path) -> None:
    own = [json.dumps(result("T1", {"test": {"default": 0.5}}), indent=2).encode()]
    old = {"mteb_dataset_name": "T1", "mteb_version": "1.0", "test": {"accuracy": 0.5}}
    outcome = run(tmp_path, [*own, json.dumps(old).encode()], 2_000)
    assert outcome["used"] > 0
    assert {"not-json", "wrong-shape"} <= set(outcome)


@pytest.mark.acceptance
def test_a_hundred_thousand_hostile_files(tmp_path: Path) -> None:
    outcome = run(tmp_path, seeds(), FILES)
    print(dict(outcome))  # noqa: T201 -- shown by pytest -s, for the record
    assert outcome["not-json"] > 1000
    assert outcome["wrong-shape"] > 1000
    assert outcome["used"] + outcome["superseded"] > 1000
