"""A source is read alike by one process and by several, and with help in looking for changes."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import msgspec
import pytest

from frontrunner.base.errors import SourceError
from frontrunner.catalog import Model
from frontrunner.results import read as module
from frontrunner.results import stamping
from frontrunner.results.chunk import knowledge_of
from frontrunner.results.fetch import LocalSource
from frontrunner.results.ingest import ingest
from frontrunner.results.origin import Origin
from frontrunner.results.read import Options, RawResults, read_source
from frontrunner.results.sources import Stamps, folder_stamps, list_models
from frontrunner.results.stamping import Stamping, begin_stamping_all, cache_path
from tests.factories import catalog, result, write

NAMES = [f"org/m{number}" for number in range(7)]
KNOWN = catalog(models=NAMES)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for number, name in enumerate(NAMES):
        folder = name.replace("/", "__")
        write(tmp_path / "results", f"{folder}/r/T1.json", result("T1", number / 10))
    return tmp_path / "results"


def plain(raw: RawResults) -> dict[str, float]:
    return dict(zip(raw.files.paths, raw.files.row_score.tolist(), strict=True))


def test_help_in_looking_for_changes_changes_nothing(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stamping, "_MANY_MODELS", len(NAMES))
    with ThreadPoolExecutor(1) as helper:
        options = Options(workers=1, cache=tmp_path / "cache", helper=helper)
        first = read_source(root, KNOWN, options)
        write(root, "org__m1/r/T2.json", result("T2", 0.75))
        (root / "org__m4/r/T1.json").unlink()
        again = read_source(root, KNOWN, options)
    assert plain(again) == plain(read_source(root, KNOWN, Options(workers=1)))
    assert plain(again) == {
        path: score for path, score in plain(first).items() if "m4" not in path
    } | {"org__m1/r/T2.json": 0.75}
    assert again.seen == len(NAMES)


class _Asked(Stamping):
    """Counts how often its stamps are taken."""

    times = 0

    def result(self) -> list[Stamps]:
        self.times += 1
        return super().result()


def test_a_look_that_has_begun_is_used_unless_the_folders_changed(
    root: Path, tmp_path: Path
) -> None:
    options = Options(workers=1, cache=tmp_path / "cache")
    read_source(root, KNOWN, options)
    known = cache_path(tmp_path / "cache", root)
    begun = {str(root): _Asked(str(root), list_models(root)[0], None, known)}
    read_source(root, KNOWN, options._replace(stampings=begun))
    write(root, "org__m8/r/T1.json", result("T1", 0.5))
    again = read_source(root, KNOWN, options._replace(stampings=begun))
    assert begun[str(root)].times == 1
    assert plain(again) == plain(read_source(root, KNOWN, Options(workers=1)))


def test_a_look_that_began_before_another_build_wrote_the_cache_is_not_used(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stamping, "_MANY_MODELS", 1)
    cache = tmp_path / "cache"
    options = Options(workers=1, cache=cache)
    read_source(root, KNOWN, options)
    with ThreadPoolExecutor(1) as helper:
        begun = begin_stamping_all([LocalSource(root, "results")], cache, helper)
    write(root, "org__m1/r/T2.json", result("T2", 0.75))
    read_source(root, KNOWN, options)  # the other build has the new file in the cache
    again = read_source(root, KNOWN, options._replace(stampings=begun))
    assert plain(again)["org__m1/r/T2.json"] == 0.75
    assert plain(again) == plain(read_source(root, KNOWN, Options(workers=1)))


def test_what_was_read_is_remembered_when_nobody_waits(root: Path, tmp_path: Path) -> None:
    later: list[Callable[[], None]] = []
    options = Options(workers=1, cache=tmp_path / "cache", later=later.append)
    read_source(root, KNOWN, options)
    assert not (tmp_path / "cache").exists()
    later.pop()()
    assert not later
    assert list((tmp_path / "cache").iterdir())


def test_ingest_passes_its_helper_on(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stamping, "_MANY_MODELS", 1)
    asked: list[object] = []

    class Helper(ThreadPoolExecutor):
        def submit(self, function: Any, /, *args: Any, **named: Any) -> Any:
            asked.append(function)
            return super().submit(function, *args, **named)

    with Helper(1) as helper:
        for _ in range(2):
            ingest(root, KNOWN, workers=1, cache=tmp_path / "cache", helper=helper)
    assert set(asked) == {folder_stamps}


def test_progress_counts_the_parts(root: Path) -> None:
    seen: list[tuple[int, int | None]] = []
    read_source(root, KNOWN, Options(workers=2, progress=lambda *counts: seen.append(counts)))
    assert seen == [(number, len(NAMES)) for number in range(1, len(NAMES) + 1)]


@pytest.mark.parametrize(
    ("models", "count", "sizes"), [(0, 3, []), (7, 3, [3, 3, 1]), (3, 9, [1] * 3), (9, 3, [3] * 3)]
)
def test_shares(models: int, count: int, sizes: list[int]) -> None:
    names = [str(number) for number in range(models)]
    shares = module._shares(names, count)
    assert [len(one) for one in shares] == sizes
    assert [name for one in shares for name in one] == names


def test_workers_know_today_s_and_former_names_and_what_runs_may_say() -> None:
    known = catalog(models=[Model(name="org/a b", run_defaults={"embed_dim": 8}), "org/c"])
    knowledge = knowledge_of(known)
    assert knowledge.folders == {"org__a_b", "org__c"}
    assert knowledge.run_defaults == {"org/a b": {"embed_dim": 8}}
    assert set(knowledge.tasks.by_name) == {"T1", "T2"}


def test_where_a_folder_came_from(root: Path) -> None:
    assert read_source(root, KNOWN, Options(workers=1)).origin == Origin("folder", "results")
    options = Options(workers=1, repository="https://example.org/r")
    url = "https://example.org/r"
    assert read_source(root, KNOWN, options).origin == Origin("git", url, folder="")


def test_where_paths_of_a_repository_begin(root: Path) -> None:
    options = Options(workers=1, repository="https://example.org/r")
    assert read_source(root.parent, KNOWN, options).origin.folder == "results"
    (root / "model_meta.json").write_text("{}")
    assert read_source(root, KNOWN, options).origin.folder is msgspec.UNSET


@pytest.mark.parametrize("name", ["x.txt", "none"])
def test_what_is_no_source_is_named(tmp_path: Path, name: str) -> None:
    (tmp_path / "x.txt").touch()
    with pytest.raises(SourceError) as caught:
        read_source(tmp_path / name, KNOWN, Options(workers=1))
    assert str(caught.value).startswith(f"{tmp_path / name} is not a source of results. Give ")
