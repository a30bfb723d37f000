"""From a source to rows: every file is counted, and unknown models are named with a suggestion."""

from __future__ import annotations

from pathlib import Path

from frontrunner.results.ingest import Ingested, ingest, joined_parts
from frontrunner.results.merge import Part
from frontrunner.results.read import Options, read_source
from frontrunner.results.rejects import Reason
from tests.factories import catalog, result, write

KNOWN = catalog(models=["org/model", "new/renamed"])


def folder(root: Path, *models: str) -> Path:
    """A source with one result of each model."""
    for name in models:
        write(root, f"{name.replace('/', '__')}/r1/T1.json", result("T1", 0.5))
    return root


def details(found: Ingested) -> dict[str, str]:
    return {one.path: one.detail for one in found.rejects if one.reason is Reason.UNKNOWN_MODEL}


def test_unknown_models_are_named_with_what_they_may_be(tmp_path: Path) -> None:
    root = folder(tmp_path, "org/model", "org/modell", "old/renamed", "xyz/q")
    found = ingest(root, KNOWN, workers=1)
    assert details(found) == {
        "org__modell/r1/T1.json": "org/modell; did you mean org/model?",
        "old__renamed/r1/T1.json": "old/renamed: probably new/renamed under a former name",
        "xyz__q/r1/T1.json": "xyz/q",
    }
    assert [one.name for one in found.catalog.probably_renamed] == ["old/renamed"]


def test_every_file_is_counted(tmp_path: Path) -> None:
    root = folder(tmp_path, "org/model", "xyz/q")
    write(root, "org__model/r1/T2.json", b"{")
    write(root, "org__model/r1/notes.txt", b"x")
    found = ingest(root, KNOWN, workers=1)
    assert (found.files_seen, found.files_used, len(found.rejects)) == (4, 1, 3)
    assert found.counts[0].seen == 4
    assert found.counts[0].usable == 1
    assert found.revisions == "mteb"
    assert found.origin.kind == "folder"


def test_rejects_are_sorted_by_path(tmp_path: Path) -> None:
    found = ingest(folder(tmp_path, "z/z", "a/a", "m/m"), KNOWN, workers=1)
    assert [one.path for one in found.rejects] == sorted(one.path for one in found.rejects)


def test_of_several_sources_paths_carry_a_label(tmp_path: Path) -> None:
    first = folder(tmp_path / "one", "org/model", "xyz/q")
    second = folder(tmp_path / "two", "org/model")
    parts = [
        Part(place.name, read_source(place, KNOWN, Options(workers=1))) for place in (first, second)
    ]
    found = joined_parts(parts, KNOWN)
    assert found.origins.path == ["two/org__model/r1/T1.json"]
    assert details(found) == {"one/xyz__q/r1/T1.json": "xyz/q"}
    replaced = [one for one in found.rejects if one.reason is Reason.REPLACED]
    assert [one.path for one in replaced] == ["one/org__model/r1/T1.json"]
    assert [(one.label, one.seen, one.replaced) for one in found.counts] == [
        ("one", 2, 1),
        ("two", 1, 0),
    ]
