"""Which run a path belongs to, in today's layout and in those that people still have."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontrunner.results.ingest import ingest
from frontrunner.results.layout import (
    Identity,
    Kind,
    Names,
    experiment_name,
    folder_name,
    identity_of_folder,
    identity_of_meta,
    model_in_folder,
    place,
)
from tests.factories import catalog, result, write
from tests.results.origin_lists import texts_of

NAMES = Names.of(["BAAI__bge-m3", "finch-lab__finch-base", "org__a", "org__A"])
NONE = "no_revision_available"


@pytest.mark.parametrize(
    ("path", "folder"),
    [
        ("BAAI__bge-m3/1/T.json", "BAAI__bge-m3/1"),
        ("BAAI__bge-m3/1/experiments/x/T.json", "BAAI__bge-m3/1/experiments/x"),
        ("results/BAAI__bge-m3/1/T.json", "BAAI__bge-m3/1"),
        ("results-main/results/BAAI__bge-m3/1/T.json", "BAAI__bge-m3/1"),
        ("remote/results/BAAI__bge-m3/1/T.json", "BAAI__bge-m3/1"),
        ("2024/spring/BAAI__bge-m3/1/T.json", "BAAI__bge-m3/1"),
        ("BAAI__bge-m3/T.json", f"BAAI__bge-m3/{NONE}"),
        ("BAAI/bge-m3/T.json", f"BAAI__bge-m3/{NONE}"),
        ("BAAI/bge-m3/1/T.json", "BAAI__bge-m3/1"),
        ("BAAI/bge-m3/1/experiments/x/T.json", "BAAI__bge-m3/1/experiments/x"),
        ("results/finch-lab/finch-base/T.json", f"finch-lab__finch-base/{NONE}"),
        ("baai__BGE-M3/1/T.json", "BAAI__bge-m3/1"),
        ("baai/Bge-m3/1/T.json", "BAAI__bge-m3/1"),
        ("models--BAAI--bge-m3/snapshots/1/T.json", "BAAI__bge-m3/1"),
        ("BAAI__bge-m3/N/A/T.json", f"BAAI__bge-m3/{NONE}"),
        ("org__A/1/T.json", "org__A/1"),
        ("org__a/1/T.json", "org__a/1"),
        ("new__model/1/T.json", "new__model/1"),
        ("wrap/results/new__model/1/T.json", "new__model/1"),
        ("results/new/1/T.json", "new/1"),
        ("new__model/T.json", f"new__model/{NONE}"),
        ("myrun/T.json", f"myrun/{NONE}"),
    ],
)
def test_every_layout_leads_to_its_run(path: str, folder: str) -> None:
    found = place(path, NAMES)
    assert (found.folder, found.kind) == (folder, Kind.RESULT)


@pytest.mark.parametrize(
    "path",
    [
        "BAAI__bge-m3/1/predictions/T.json",
        "BAAI__bge-m3/1/2/3/4/T.json",
        "a/b/c/T.json",
        "T.json",
        "BAAI__bge-m3/1/notes.txt",
        "org__aa/1/2/T.json",
    ],
)
def test_what_leads_to_no_run_is_out_of_place(path: str) -> None:
    assert place(path, NAMES).kind is Kind.OUT_OF_PLACE


@pytest.mark.parametrize(
    ("folder", "model"),
    [
        ("lab__new/1", "lab/new"),
        ("lab/new", "lab/new"),
        ("new/1", "new"),
        ("new/5617a9f61b028005a4858fdac845db406aefb181", "new"),
        (f"new/{NONE}", "new"),
        ("new/main", "new"),
        ("new/external/experiments/x", "new"),
        ("_lab_/new", "_lab_/new"),
    ],
)
def test_what_reports_call_an_unknown_model(folder: str, model: str) -> None:
    assert model_in_folder(folder) == model


def test_names_that_differ_in_case_alone_are_not_confused() -> None:
    assert NAMES.find("ORG__a") is None
    assert NAMES.find("org__a") == "org__a"


@given(st.lists(st.text(st.characters(exclude_characters="/\0"), min_size=1), max_size=6))
def test_a_run_has_a_model_and_a_revision(parts: list[str]) -> None:
    found = place("/".join([*parts, "T.json"]), NAMES)
    if found.kind is not Kind.OUT_OF_PLACE:
        assert len(found.folder.split("/")) == (4 if found.experiment else 2)


@pytest.mark.parametrize(
    ("path", "given"),
    [
        ("org__a/r1/T1.json", "."),
        ("org__a/r1/T1.json", "org__a"),
        ("org__a/r1/T1.json", "org__a/r1"),
        ("results/org__a/r1/T1.json", "."),
        ("x/results/org__a/r1/T1.json", "."),
        ("x/results/org__a/r1/T1.json", "x"),
        ("org/a/T1.json", "."),
        ("org/a/T1.json", "org"),
        ("org/a/T1.json", "org/a"),
        ("org/a/r1/T1.json", "org/a"),
        ("org/a/r1/T1.json", "org/a/r1"),
        ("ORG__A/r1/T1.json", "."),
        ("ORG__A/r1/T1.json", "ORG__A"),
        ("org__a/T1.json", "."),
        ("org__a/T1.json", "org__a"),
    ],
)
def test_a_folder_gives_rows_wherever_one_points_in_it(
    tmp_path: Path, path: str, given: str
) -> None:
    write(tmp_path, path, result("T1", 0.5))
    ingested = ingest(tmp_path / given, catalog(), workers=1)
    assert [v.model for v in ingested.table.variants] == ["org/a"]
    assert ingested.table.score.tolist() == [0.5]
    assert ingested.rejects == []


def test_a_folder_whose_name_has_two_underscores_is_no_model(tmp_path: Path) -> None:
    root = tmp_path / "my__results"
    write(root, "org__a/r1/T1.json", result("T1", 0.5))
    write(root, "org/b/T1.json", result("T1", 0.25))
    ingested = ingest(root, catalog(), workers=1)
    assert [v.model for v in ingested.table.variants] == ["org/a", "org/b"]


def test_a_run_with_its_description_is_read_from_its_own_folder(tmp_path: Path) -> None:
    write(tmp_path, "run/model_meta.json", {"name": "org/a", "revision": "r9"})
    write(tmp_path, "run/T1.json", result("T1", 0.5))
    ingested = ingest(tmp_path / "run", catalog(), workers=1)
    assert texts_of(ingested.origins.revision) == ["r9"]


def test_a_path_that_windows_wrote_as_one_name_is_explained(tmp_path: Path) -> None:
    write(tmp_path, "results\\org__a\\r1\\T1.json", result("T1", 0.5))
    [reject] = ingest(tmp_path, catalog(), workers=1).rejects
    assert "Windows" in reject.detail


def test_an_experiment_is_named_by_its_parameters() -> None:
    kwargs = {"b": {"y": [1, None], "x": 0.5}, "a": "text", "c": [True, "z"]}
    assert experiment_name(kwargs) == "a_text__b_{x:0.5,y:[1,None]}__c_[True,z]"
    assert experiment_name({}) == ""


def meta(**facts: object) -> Identity:
    given = {"name": "org/a", "revision": "r"} | facts
    return identity_of_meta(json.dumps(given).encode(), {"org/a": {"embed_dim": 8}})


def test_an_identity_has_what_the_run_says_otherwise_than_the_model() -> None:
    assert meta() == Identity("org/a", "r")
    assert meta(revision=None) == Identity("org/a", NONE)
    assert meta(experiment_kwargs={}) == Identity("org/a", "r")
    assert meta(experiment_kwargs={"k": 1}) == Identity("org/a", "r", "k_1", {"k": 1})
    assert meta(experiment_kwargs={"k": None, "l": [], "m": ""}) == Identity(
        "org/a", "r", "k_None__l_[]__m_", None
    )
    assert meta(experiment_kwargs={"k": 0}, embed_dim=8).experiment == {"k": 0}
    facts = {"embed_dim": 4, "model_type": ["dense"], "output_dtypes": "int8"}
    assert meta(experiment_kwargs={"k": 1}, **facts).experiment == {"k": 1} | facts
    assert meta(experiment_kwargs={"k": math.inf}).experiment == {"k": math.inf}


def test_the_identity_of_a_folder_is_its_name() -> None:
    assert identity_of_folder("org__a/r/experiments/x") == Identity("org/a", "r")
    assert folder_name("org/a b") == "org__a_b"
