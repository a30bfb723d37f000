"""What a build says about its sources."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from frontrunner.catalog import FormerName
from frontrunner.catalog.own import add_own
from frontrunner.ops.report import lines_of_scores, lines_of_sources, renamed_entry
from frontrunner.results.ingest import ingest
from tests.factories import catalog, result, task, write


def said(root: Path) -> str:
    known = catalog(models=["neworg/one", "org/b"])
    return "\n".join(lines_of_sources(ingest(root, known, workers=1)))


def test_unknown_models_are_summed_up_by_organisation_with_what_to_paste(tmp_path: Path) -> None:
    for path in ("lab__x/r/T1", "lab__x/r/T2", "lab__y/r/T1", "oldorg__one/r/T1", "org__b/r/T1"):
        write(tmp_path, f"{path}.json", result(path[-2:], 0.5))
    text = said(tmp_path)
    assert "  lab: 2 unknown models, 3 files\n" in text
    assert "oldorg:" not in text
    pasted = tomllib.loads(text[text.index("\n[[model]]") :])
    assert pasted == {"model": [{"name": "lab/x"}, {"name": "lab/y"}]}
    renamed = text[text.index("\n[[renamed]]") : text.index("\n  lab:")]
    assert tomllib.loads(renamed)["renamed"][0] | {"reason": ""} == {
        "name": "oldorg/one",
        "model": "neworg/one",
        "reason": "",
    }


def test_of_many_unknown_models_the_first_are_shown(tmp_path: Path) -> None:
    for number in range(12):
        write(tmp_path, f"lab__x{number:02}/r/T1.json", result("T1", 0.5))
    text = said(tmp_path)
    assert "(the first 10 of 12)" in text
    assert text.count("[[model]]") == 10
    assert '"lab/x09"' in text


def test_where_all_is_known_nothing_is_said(tmp_path: Path) -> None:
    write(tmp_path, "org__b/r/T1.json", result("T1", 0.5))
    assert said(tmp_path) == ""


def test_an_entry_can_be_pasted(tmp_path: Path) -> None:
    former = FormerName(name='was/a "x"', model="org/a", files=3)
    text = renamed_entry(former)
    assert tomllib.loads(text)["renamed"][0]["name"] == 'was/a "x"'
    path = write(tmp_path, "catalog.toml", text.encode())
    assert add_own(catalog(), path).model_by_former_name == {'was/a "x"': "org/a"}


@pytest.mark.parametrize(
    ("name", "why"), [("was/a", "organisation was renamed"), ("a", "name no organisation")]
)
def test_an_entry_says_why(name: str, why: str) -> None:
    assert why in renamed_entry(FormerName(name=name, model="org/a", files=3))


def test_pasting_it_counts_the_results(tmp_path: Path) -> None:
    write(tmp_path, "r/was__a/r1/T1.json", result("T1", 0.5))
    before = ingest(tmp_path / "r", catalog(), workers=1)
    assert before.table.rows == 0
    lines = list(lines_of_sources(before))
    assert lines[0] == (
        "  1 file of models that were probably renamed. To count them, add to catalog.toml:"
    )
    path = write(tmp_path, "catalog.toml", "\n".join(lines[1:]).encode())
    after = ingest(tmp_path / "r", add_own(catalog(), path), workers=1)
    assert [v.model for v in after.table.variants] == ["org/a"]
    assert list(lines_of_sources(after)) == []


def test_an_unknown_model_in_a_folder_of_its_organisation_is_named_whole(tmp_path: Path) -> None:
    write(tmp_path, "r/lab/new/T1.json", result("T1", 0.5))
    before = ingest(tmp_path / "r", catalog(), workers=1)
    assert [one.detail for one in before.rejects] == ["lab/new"]
    text = "\n".join(lines_of_sources(before))
    path = write(tmp_path, "catalog.toml", text[text.index("\n[[model]]") :].encode())
    after = ingest(tmp_path / "r", add_own(catalog(), path), workers=1)
    assert [v.model for v in after.table.variants] == ["lab/new"]
    assert after.rejects == []


def test_a_build_prints_few_renamed_entries(tmp_path: Path) -> None:
    for name in "abcd":
        write(tmp_path, f"was__{name}/r1/T1.json", result("T1", 0.5))
    found = ingest(tmp_path, catalog(models=[f"org/{name}" for name in "abcd"]), workers=1)
    few = list(lines_of_sources(found, most_renamed=3))
    assert "(the first 3 of 4; frontrunner ingest --check SOURCE prints all)" in few[0]
    assert "\n".join(few).count("[[renamed]]") == 3
    assert "\n".join(lines_of_sources(found)).count("[[renamed]]") == 4


def test_described_models_are_named(tmp_path: Path) -> None:
    for number in range(12):
        name = f"lab/m{number:02}"
        folder = f"lab__m{number:02}/r1"
        write(tmp_path, f"{folder}/model_meta.json", {"name": name, "revision": "r1"})
        write(tmp_path, f"{folder}/T1.json", result("T1", 0.5))
    [line] = lines_of_sources(ingest(tmp_path, catalog(), workers=1))
    assert line.startswith("  Described by their result files: lab/m00, lab/m01")
    assert line.endswith("lab/m09 and 2 more")


def test_runs_that_differ_and_aggregates_without_a_file_are_told(tmp_path: Path) -> None:
    parts = [task("P1"), task("P2"), task("Whole", aggregate=True, parts=("P1", "P2"))]
    known = catalog(parts, models=["org/a", "org/b"])
    for path, score in (("a/0/P1", 0.5), ("a/1/P1", 0.25), ("a/0/P2", 0.5), ("b/0/P1", 0.5)):
        write(tmp_path, f"org__{path}.json", result(path[-2:], score))
    differ, without = lines_of_scores(ingest(tmp_path, known, workers=1))
    assert differ.startswith("  Runs of one model differ: 1 task of 1 model. The winners follow")
    assert without.startswith("  1 model without a result of Whole, though with results of all its")
    assert differ.endswith("frontrunner ingest --check SOURCE lists each.")
    (tmp_path / "org__a/1/P1.json").unlink()
    (tmp_path / "org__a/0/P2.json").unlink()
    assert list(lines_of_scores(ingest(tmp_path, known, workers=1))) == []
