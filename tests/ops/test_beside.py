"""What begins beside a build: looks for changes, unless there is nothing to compare with."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from frontrunner.base.config import Settings
from frontrunner.base.home import Home
from frontrunner.ops.beside import Beside
from frontrunner.results.read import Options, read_source
from tests.factories import catalog, result, write


@pytest.mark.parametrize(
    ("sources", "fresh", "looks"),
    [(["results"], False, True), (["results"], True, False), (["results", "x.git"], False, False),
     (["missing"], False, False), (["unread"], False, False)],
)  # fmt: skip
def test_looks_begin_for_folders_that_were_read_before(
    tmp_path: Path, sources: list[str], fresh: bool, looks: bool
) -> None:
    for name in ("results", "unread"):
        write(tmp_path / name, "org__a/r/T1.json", result("T1", 0.5))
    settings = Settings(home=tmp_path / "home")
    cache = Home(settings.home).cache
    read_source(tmp_path / "results", catalog(), Options(workers=1, cache=cache))
    with ThreadPoolExecutor(1) as helper:
        beside = Beside(settings, helper, helper)
        beside.begin([str(tmp_path / one) for one in sources], fresh=fresh)
    assert list(beside.stampings) == ([str(tmp_path / "results")] if looks else [])
