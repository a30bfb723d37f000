"""Stamps are the same whoever takes them, and what the helper has not begun is taken back."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from frontrunner.results import stamping as module
from frontrunner.results.sources import Stamps, folder_stamps
from frontrunner.results.stamping import Stamping
from tests.factories import result, write

# Files of `org__m-x` sort before those of `org__m`, whose slash comes after the hyphen.
NAMES = ("org__m", "org__m-x", *(f"org__m{number}" for number in range(6)))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in NAMES:
        for task in ("T2", "T1"):
            write(tmp_path, f"{name}/r/{task}.json", result(task, 0.5))
    (tmp_path / "org__m0/r/link.json").symlink_to("T1.json")
    (tmp_path / "org__m1/r/link.json").symlink_to("T1.json")
    return tmp_path


def models(root: Path) -> Sequence[str]:
    return sorted(path.name for path in root.iterdir())


def rows(stamps: Stamps) -> list[tuple[str, int, int, int, int]]:
    columns = stamps.size, stamps.mtime_ns, stamps.ctime_ns, stamps.inode
    return list(zip(stamps.paths, *columns, strict=True))


class Busy(ThreadPoolExecutor):
    """A helper that begins nothing."""

    def submit(self, function: Any, /, *args: Any, **named: Any) -> Future[Any]:
        return Future()


@pytest.mark.parametrize("many", [1, 100])
@pytest.mark.parametrize("helper", [ThreadPoolExecutor, Busy])
def test_stamps_are_the_same_whoever_takes_them(
    root: Path, monkeypatch: pytest.MonkeyPatch, many: int, helper: type[ThreadPoolExecutor]
) -> None:
    monkeypatch.setattr(module, "_MANY_MODELS", many)
    with helper(1) as pool:
        found = Stamping(str(root), models(root), pool).result()
    alone = folder_stamps(str(root), models(root))
    assert sorted(chain(*map(rows, found))) == sorted(rows(alone))
    assert sorted(chain(*(part.rejects for part in found))) == sorted(alone.rejects)
    paths = list(chain(*(part.paths for part in found)))
    assert paths == sorted(paths)
    assert len(paths) == 2 * len(NAMES)


def test_an_empty_folder_has_no_stamps(tmp_path: Path) -> None:
    (tmp_path / "org__a").mkdir()
    assert folder_stamps(str(tmp_path), ["org__a"]).paths == []
    assert Stamping(str(tmp_path), [], None).result() == []
