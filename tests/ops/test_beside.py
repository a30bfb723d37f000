"""What begins beside a build: looks for changes, unless there is nothing to compare with."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from frontrunner.base.config import Settings, load_settings
from frontrunner.base.errors import FrontrunnerError
from frontrunner.base.home import Home
from frontrunner.ops import beside as module
from frontrunner.ops.beside import Beside, head_start
from frontrunner.results import cache
from frontrunner.results.fetch import fetch
from frontrunner.results.read import Options, read_source
from frontrunner.results.several import read_sources
from frontrunner.results.stamping import cache_path
from tests.factories import catalog, result, write
from tests.results.git_folder import repository_in


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


def test_what_was_read_of_repositories_is_recalled_while_git_fetches(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    repository = repository_in(tmp_path / "repository")
    home = Home(settings.home)
    near = fetch(repository.as_uri(), home.sources)
    read_sources([near], catalog(), Options(workers=1, cache=home.cache))
    with ThreadPoolExecutor(1) as aside:
        beside = Beside(settings, aside, aside)
        beside.prepare([str(tmp_path), repository.as_uri()], catalog())
    assert beside.recalled(cache_path(home.cache, tmp_path)) is None  # a folder
    with ThreadPoolExecutor(1) as aside:
        anew = Beside(settings, aside, aside)
        anew.prepare([repository.as_uri()], catalog(), fresh=True)
    assert anew.recalled(cache_path(home.cache, near.path)) is None
    options = Options(workers=1, cache=home.cache, recalled=beside.recalled, known=beside.known)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cache, "load", lambda _: pytest.fail("it was read again"))
        assert read_sources([near], catalog(), options).table.rows == 1
    [memory] = home.cache.iterdir()
    assert beside.recalled(memory) is None  # it is not held any longer


def test_an_update_looks_for_changes_before_it_imports_what_it_needs(tmp_path: Path) -> None:
    write(tmp_path / "results", "org__a/r/T1.json", result("T1", 0.5))
    settings = load_settings(tmp_path / "home", refresh={"results": (str(tmp_path / "results"),)})
    options = Options(workers=1, cache=Home(settings.home).cache)
    read_source(tmp_path / "results", catalog(), options)
    beside = head_start(settings)
    assert beside is not None
    with beside:
        begun = dict(beside.stampings)
        assert list(begun) == [str(tmp_path / "results")]
        beside.begin(settings.refresh.results)
        assert beside.stampings == begun
        with beside:  # a build ends its helpers with its own block
            pass
        with pytest.raises(RuntimeError, match="after shutdown"):
            beside.helper.submit(len, "")
    code = "import sys, frontrunner.cli.refresh; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_helpers_that_cannot_be_started_are_the_builds_to_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: Settings) -> Beside:
        raise FrontrunnerError("no room")

    monkeypatch.setattr(Beside, "started", refuse)
    assert head_start(Settings(home=tmp_path)) is None


def test_helpers_end_if_a_head_start_is_interrupted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[Beside] = []

    def interrupted(beside: Beside, *_: object, **__: object) -> None:
        begun.append(beside)
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "helpers", ThreadPoolExecutor)
    monkeypatch.setattr(Beside, "begin", interrupted)
    with pytest.raises(KeyboardInterrupt):
        head_start(Settings(home=tmp_path))
    for executor in (begun[0].helper, begun[0].aside):
        with pytest.raises(RuntimeError, match="after shutdown"):
            executor.submit(len, "")
