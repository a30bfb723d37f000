"""Several sources as one: later ones win, and everything is accounted for."""

from __future__ import annotations

import weakref
from pathlib import Path
from typing import Any

import pytest

from frontrunner.base.errors import NothingUsableError, SourceError
from frontrunner.catalog import Catalog, Model
from frontrunner.results import several
from frontrunner.results.fetch import LocalSource
from frontrunner.results.ingest import Ingested, ingest
from frontrunner.results.read import Options, RawResults, read_source
from frontrunner.results.several import read_sources, refuse_unusable
from tests.factories import catalog, result, snapshot_of, write
from tests.results.origin_lists import lists_of


def read(*paths: Path, known: Catalog | None = None, cache: Path | None = None) -> Ingested:
    options = Options(workers=1, cache=cache)
    return read_sources([LocalSource(path) for path in paths], known or catalog(), options)


def scores(ingested: Ingested) -> dict[tuple[str, str], float]:
    table = ingested.table
    return {
        (table.variants[v].model, table.cells[c].task): score
        for v, c, score in zip(table.variant, table.cell, table.score.tolist(), strict=True)
    }


@pytest.fixture
def sources(tmp_path: Path) -> tuple[Path, Path]:
    """Public results, and own ones: one file is in both, in another layout."""
    public, mine = tmp_path / "public", tmp_path / "mine"
    write(public, "results/org__a/r1/T1.json", result("T1", 0.1))
    write(public, "results/org__a/r1/T2.json", result("T2", 0.2))
    write(mine, "org/a/r1/T1.json", result("T1", 0.9))
    write(mine, "org__b/r1/T1.json", result("T1", 0.5))
    return public, mine


def test_later_sources_win_and_the_report_says_so(sources: tuple[Path, Path]) -> None:
    public, mine = sources
    ingested = read(public, mine)
    assert scores(ingested) == {
        ("org/a", "T1"): 0.9, ("org/a", "T2"): 0.2, ("org/b", "T1"): 0.5,
    }  # fmt: skip
    [replaced] = ingested.rejects
    assert (replaced.path, str(replaced.reason), replaced.detail) == (
        "public/org__a/r1/T1.json", "replaced", "mine/org/a/r1/T1.json",
    )  # fmt: skip
    assert replaced.reason.by_policy
    assert [tuple(one) for one in ingested.counts] == [("public", 2, 2, 1), ("mine", 2, 2, 0)]
    assert [one.name for one in ingested.sources] == ["public", "mine"]
    assert sorted(ingested.origins.path) == [
        "mine/org/a/r1/T1.json", "mine/org__b/r1/T1.json", "public/org__a/r1/T2.json",
    ]  # fmt: skip
    other = read(mine, public)
    assert scores(other)["org/a", "T1"] == 0.1


def test_a_broken_file_replaces_nothing(sources: tuple[Path, Path]) -> None:
    public, mine = sources
    write(mine, "org/a/r1/T1.json", b"{")
    ingested = read(public, mine)
    assert scores(ingested)["org/a", "T1"] == 0.1
    assert [(one.path, str(one.reason)) for one in ingested.rejects] == [
        ("mine/org/a/r1/T1.json", "not-json")
    ]


def test_every_file_is_accounted_for(sources: tuple[Path, Path]) -> None:
    public, mine = sources
    write(mine, "org__b/r2/T1.json", result("T1", 0.5))
    write(mine, "no__body/r/T1.json", result("T1", 0.5))
    ingested = read(public, mine, public)
    assert ingested.files_seen == 8 == len(ingested.origins.path) + len(ingested.rejects)
    assert [one.label for one in ingested.counts] == ["public", "mine", "public-2"]
    assert ingested.counts[0].replaced == 2


def test_only_what_changed_of_each_source_is_read_again(
    sources: tuple[Path, Path], tmp_path: Path
) -> None:
    cache = tmp_path / "cache"
    first = read(*sources, cache=cache)
    again = read(*sources, cache=cache)
    assert lists_of(again.origins) == lists_of(first.origins)
    assert again.rejects == first.rejects
    write(sources[1], "org__b/r1/T1.json", result("T1", 0.625, version="3"))
    changed = read(*sources, cache=cache)
    assert scores(changed) == scores(read(*sources))
    assert scores(changed)["org/b", "T1"] == 0.625
    assert len(list(cache.iterdir())) == 2


def test_equal_inputs_give_equal_bytes_and_the_manifest_names_all_sources(
    sources: tuple[Path, Path], tmp_path: Path
) -> None:
    first = snapshot_of(tmp_path / "h1", read(*sources))
    again = snapshot_of(tmp_path / "h2", read(*sources, cache=tmp_path / "cache"))
    assert first.id == again.id
    assert [one.name for one in first.manifest.provenance.sources] == ["public", "mine"]
    assert first.id != snapshot_of(tmp_path / "h3", read(*sources[::-1])).id


def test_mtebs_own_cache_is_read_whole_and_local_runs_win(tmp_path: Path) -> None:
    write(tmp_path, "remote/results/org__a/r1/T1.json", result("T1", 0.1))
    write(tmp_path, "remote/results/org__b/r1/T1.json", result("T1", 0.2))
    write(tmp_path, "results/org__a/r1/T1.json", result("T1", 0.9))
    ingested = read(tmp_path)
    assert scores(ingested) == {("org/a", "T1"): 0.9, ("org/b", "T1"): 0.2}
    assert [(one.path, one.detail) for one in ingested.rejects] == [
        ("remote/results/org__a/r1/T1.json", "results/org__a/r1/T1.json")
    ]
    refuse_unusable(ingested, [LocalSource(tmp_path)])


# --- models that no catalog knows --------------------------------------------------------------


META = {"name": "lab/new", "revision": "r1", "n_parameters": 100_000, "open_weights": None}


def test_a_model_is_described_by_its_own_files(tmp_path: Path) -> None:
    write(tmp_path, "lab__new/r1/model_meta.json", META)
    write(tmp_path, "lab__new/r1/T1.json", result("T1", 0.5))
    write(tmp_path, "lab__bare/r1/T1.json", result("T1", 0.5))
    ingested = read(tmp_path)
    assert scores(ingested) == {("lab/new", "T1"): 0.5}
    model = ingested.catalog.model_by_name["lab/new"]
    assert (model.described_by_results, model.parameters, model.revision) == (True, 100_000, "r1")
    assert "open weights" not in model.openness
    [reject] = ingested.rejects
    assert str(reject.reason) == "unknown-model"
    assert reject.detail.startswith("lab/bare")


def test_only_a_model_of_nearly_the_same_name_is_suggested(tmp_path: Path) -> None:
    write(tmp_path, "finch-lab__finch-base/r1/T1.json", result("T1", 0.5))
    write(tmp_path, "minishlab__potion-base-8MB/r1/T1.json", result("T1", 0.5))
    found = ingest(tmp_path, catalog(models=["minishlab/potion-base-8M"]), workers=1).rejects
    assert [one.detail for one in found] == [
        "finch-lab/finch-base",
        "minishlab/potion-base-8MB; did you mean minishlab/potion-base-8M?",
    ]


def test_a_described_model_may_lie_in_any_layout(tmp_path: Path) -> None:
    for folder in ("lab__new/r1", "lab/new", "run", "wrap/results/lab__new/r1"):
        root = tmp_path / folder.replace("/", "-")
        write(root, f"{folder}/model_meta.json", META)
        write(root, f"{folder}/T1.json", result("T1", 0.5))
        assert scores(read(root)) == {("lab/new", "T1"): 0.5}, folder


def test_a_described_model_without_results_is_not_on_the_board(tmp_path: Path) -> None:
    write(tmp_path, "lab__new/r1/model_meta.json", META)
    write(tmp_path, "org__a/r1/T1.json", result("T1", 0.5))
    assert "lab/new" not in read(tmp_path).catalog.model_by_name


def test_of_several_descriptions_the_fullest_counts_and_no_revision_is_the_main_one(
    tmp_path: Path,
) -> None:
    for revision, facts in (("r1", {}), ("r2", {"license": "mit", "embed_dim": 3}), ("r3", {})):
        meta = {"name": "lab/new", "revision": revision} | facts
        write(tmp_path, f"lab__new/{revision}/model_meta.json", meta)
        write(tmp_path, f"lab__new/{revision}/T1.json", result("T1", 0.5))
    model = read(tmp_path).catalog.model_by_name["lab/new"]
    assert (model.license, model.embedding_dim, model.revision) == ("mit", 3, None)


KNOWN = catalog(models=[Model(name="today/a", revision="abc"), "org/b"])


def test_a_renamed_organisation_is_not_a_second_model(tmp_path: Path) -> None:
    write(tmp_path, "was__a/abc/model_meta.json", {"name": "was/a", "revision": "abc"})
    write(tmp_path, "was__a/abc/T1.json", result("T1", 0.5))
    write(tmp_path, "org__b/r1/T1.json", result("T1", 0.5))
    ingested = read(tmp_path, known=KNOWN)
    assert scores(ingested) == {("org/b", "T1"): 0.5}
    [former] = ingested.catalog.probably_renamed
    assert (former.name, former.model, former.files) == ("was/a", "today/a", 1)
    [reject] = ingested.rejects
    assert "probably today/a under a former name" in reject.detail


def test_a_fork_with_revisions_of_its_own_is_a_model_of_its_own(tmp_path: Path) -> None:
    write(tmp_path, "fork__a/zzz/model_meta.json", {"name": "fork/a", "revision": "zzz"})
    write(tmp_path, "fork__a/zzz/T1.json", result("T1", 0.5))
    ingested = read(tmp_path, known=KNOWN)
    assert scores(ingested) == {("fork/a", "T1"): 0.5}
    assert ingested.catalog.probably_renamed == ()


def test_nothing_is_taken_for_renamed_where_todays_name_has_results(tmp_path: Path) -> None:
    write(tmp_path, "was__a/1/T1.json", result("T1", 0.5))
    write(tmp_path, "today__a/1/T1.json", result("T1", 0.5))
    assert read(tmp_path, known=KNOWN).catalog.probably_renamed == ()


# --- sources that give nothing -----------------------------------------------------------------


def refused(source: Path, *others: Path) -> str:
    local_sources = [LocalSource(one) for one in (*others, source)]
    with pytest.raises(NothingUsableError) as caught:
        refuse_unusable(read(*others, source), local_sources)
    assert caught.value.code == 4
    return str(caught.value)


def test_a_source_without_a_usable_file_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "good/org__a/r1/T1.json", result("T1", 0.5))
    write(tmp_path, "bad/results/no__body/1/T1.json", result("T1", 0.5))
    said = refused(tmp_path / "bad")
    assert f"{tmp_path / 'bad'} gives no score from its one file" in said
    assert "1 unknown-model (such as no__body/1/T1.json: no/body" in said
    assert f"Run frontrunner ingest --check {tmp_path / 'bad'} to list every file" in said
    assert "bad gives no score" in refused(tmp_path / "bad", tmp_path / "good")


def test_an_archive_in_the_folder_is_named(tmp_path: Path) -> None:
    write(tmp_path, "results/org__a/r1/T1.json", result("T1", 0.5))
    write(tmp_path, "downloads/notes.json", {})
    (tmp_path / "downloads/results.tar.zst").touch()
    said = refused(tmp_path / "downloads")
    assert f"give {tmp_path}/downloads/results.tar.zst itself." in said


def test_the_nearest_folder_that_looks_right_is_named(tmp_path: Path) -> None:
    write(tmp_path, "data/results/org__a/r1/T1.json", result("T1", 0.5))
    write(tmp_path, "data/docs/x.json", b"{}")
    assert f"looks right is {tmp_path}/data/results." in refused(tmp_path / "data/docs")


def test_replaced_files_are_usable(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write(tmp_path, f"{name}/org__a/r1/T1.json", result("T1", 0.5))
    local_sources = [LocalSource(tmp_path / "one"), LocalSource(tmp_path / "two")]
    refuse_unusable(read(tmp_path / "one", tmp_path / "two"), local_sources)


@pytest.mark.parametrize("workers", [1, 2])
def test_a_folder_with_nothing_in_it(tmp_path: Path, workers: int) -> None:
    empty = tmp_path / "empty"
    (empty / "org__a/r1").mkdir(parents=True)
    with pytest.raises(SourceError, match="no result files in"):
        read_sources([LocalSource(empty)], catalog(), Options(workers=workers))


def test_a_folder_of_links_only_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "real/org__a/r1/T1.json", result("T1", 0.5))
    (tmp_path / "links").mkdir()
    (tmp_path / "links/org__a").symlink_to(tmp_path / "real/org__a")
    with pytest.raises(SourceError, match="only links"):
        read(tmp_path / "links")


@pytest.mark.parametrize("own", ["run", "run/r1", "lab__new", "lab__new/r1"])
def test_the_folder_of_a_described_model_may_itself_be_the_source(tmp_path: Path, own: str) -> None:
    write(tmp_path, f"{own}/model_meta.json", META)
    write(tmp_path, f"{own}/T1.json", result("T1", 0.5))
    ingested = read(tmp_path / own)
    assert scores(ingested) == {("lab/new", "T1"): 0.5}
    assert ingested.origins.path == [f"{Path(own).name}/T1.json"]


def test_what_was_read_of_many_rows_is_given_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "results", "org__a/r/T1.json", result("T1", 0.5))
    scores: list[weakref.ref[Any]] = []
    given_back: list[bool] = []

    def noted(*given: Any) -> RawResults:
        raw = read_source(*given)
        scores.append(weakref.ref(raw.files.row_score))
        return raw

    def look() -> None:
        given_back.append(scores[-1]() is None)

    monkeypatch.setattr(several, "MANY_ROWS", 1)
    monkeypatch.setattr(several, "read_source", noted)
    monkeypatch.setattr(several, "return_freed_memory", look)
    read_sources([LocalSource(tmp_path / "results")], catalog(), Options(workers=1))
    assert given_back == [True]
