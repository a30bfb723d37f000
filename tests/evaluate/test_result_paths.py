"""Where result files lie."""

from __future__ import annotations

from pathlib import Path

from frontrunner.evaluate import result_paths


def test_result_files_lie_as_the_public_ones_do() -> None:
    path = result_paths.result_file(Path("out"), "org/a model", "rev", "Task")
    assert path == Path("out/org__a_model/rev/Task.json")


def test_placing_replaces_whole_files_and_leaves_nothing_else(tmp_path: Path) -> None:
    source, target = tmp_path / "source", tmp_path / "deep/er/Task.json"
    for text in ("first", "second"):
        source.write_text(text)
        result_paths.place(source, target)
        assert target.read_text() == text
    assert [p.name for p in target.parent.iterdir()] == ["Task.json"]
