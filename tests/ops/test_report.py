"""What a build says about its sources."""

from __future__ import annotations

import tomllib
from pathlib import Path

from frontrunner.ops.report import lines_of_sources
from frontrunner.results.ingest import ingest
from tests.factories import catalog, result, write


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
