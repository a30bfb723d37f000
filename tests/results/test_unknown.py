"""Models that the catalog does not know: described by their files, or under a former name."""

from __future__ import annotations

from pathlib import Path

import pytest

from frontrunner.catalog import Catalog, FormerName, Model
from frontrunner.results.ingest import ingest
from frontrunner.results.unknown import former_names
from tests.factories import catalog, result, write

KNOWN = catalog(
    models=[
        Model(name="new/Name-Base", revision="r1"),
        Model(name="one/same"),
        Model(name="two/same"),
    ]
)


@pytest.mark.parametrize(
    ("name", "today"),
    [
        ("old/Name-Base", "new/Name-Base"),
        ("old/name-base", "new/Name-Base"),  # capitals do not count
        ("old/other", None),
        ("three/same", None),  # two organisations have one of this name
        ("new/Name-Base", None),  # it is today's
    ],
)
def test_a_model_of_another_organisation_is_probably_the_same(name: str, today: str | None) -> None:
    found = former_names(KNOWN, [name, name], with_results=())
    assert found == ((FormerName(name=name, model=today, files=2),) if today else ())


def test_a_model_with_results_of_its_own_is_not_a_former_one() -> None:
    assert former_names(KNOWN, ["old/Name-Base"], with_results={"new/Name-Base"}) == ()


def described(folder: Path, name: str, revision: str = "r9", **facts: object) -> None:
    """A folder with one result, and its own description of the model."""
    place = f"{name.replace('/', '__')}/{revision}"
    write(folder, f"{place}/model_meta.json", {"name": name, "revision": revision, **facts})
    write(folder, f"{place}/T1.json", result("T1", 0.5))


def read(folder: Path) -> Catalog:
    return ingest(folder, KNOWN, workers=1).catalog


def test_a_described_model_joins_the_catalog(tmp_path: Path) -> None:
    described(tmp_path, "my/model", n_parameters=5)
    found = read(tmp_path).model_by_name["my/model"]
    assert found.described_by_results
    assert (found.parameters, found.revision) == (5, "r9")


def test_of_several_runs_the_one_that_says_most_describes_it(tmp_path: Path) -> None:
    described(tmp_path, "my/model", "r1")
    described(tmp_path, "my/model", "r2", n_parameters=7, embed_dim=3)
    found = read(tmp_path).model_by_name["my/model"]
    assert (found.parameters, found.revision) == (7, None)


def test_a_description_without_a_result_adds_no_model(tmp_path: Path) -> None:
    described(tmp_path, "my/model")
    (tmp_path / "my__model/r9/T1.json").unlink()
    write(tmp_path, "one__same/r/T1.json", result("T1", 0.5))
    assert read(tmp_path) == KNOWN


@pytest.mark.parametrize(("revision", "counted"), [("r1", False), ("r2", True)])
def test_a_renamed_model_is_not_counted_twice(tmp_path: Path, revision: str, counted: bool) -> None:
    """It has a revision of the model of today's name; a fork has revisions of its own."""
    described(tmp_path, "old/Name-Base", revision)
    assert ("old/Name-Base" in read(tmp_path).model_by_name) is counted
