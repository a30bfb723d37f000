"""The `frontrunner evaluate` command, up to the point where it would start the worker."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from frontrunner.base.errors import EvaluationError, UnknownNameError, UsageError
from frontrunner.cli import load_commands
from frontrunner.cli.app import app
from frontrunner.evaluate.result_paths import result_file
from frontrunner.evaluate.suite import STARTER, read_revisions

load_commands(["evaluate"])


@pytest.fixture(autouse=True)
def _no_installing(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test may make a real environment: a missing guard would cost gigabytes and minutes."""
    monkeypatch.setattr("frontrunner.evaluate.environment._run", pytest.fail)


def _run(*arguments: str) -> tuple[str, str]:
    result = CliRunner().invoke(app, ["evaluate", *arguments], catch_exceptions=False)
    assert result.exit_code == 0
    return result.stdout, result.stderr


def test_a_dry_run_lists_the_cells_and_changes_nothing(tmp_path: Path) -> None:
    folder, output = tmp_path / "env", tmp_path / "out"
    stdout, stderr = _run(
        "--dry-run", "--output", str(output), "--environment", str(folder),
        "--model", "baseline/lsa-256", "--task", "StarterWordSTS",
    )  # fmt: skip
    assert stdout == "baseline/lsa-256\tStarterWordSTS\n"
    assert "would be made" in stderr
    assert list(tmp_path.iterdir()) == []


def test_a_dry_run_in_json_is_only_json(tmp_path: Path) -> None:
    stdout, _ = _run("--dry-run", "--json", "--output", str(tmp_path))
    plan = json.loads(stdout)
    assert len(plan["cells"]) == 8
    assert plan["benchmark"] == "starter"


def test_what_is_all_there_needs_no_environment(tmp_path: Path) -> None:
    path = result_file(tmp_path, "baseline/lsa-256", "1", "StarterWordSTS")
    path.parent.mkdir(parents=True)
    revision = read_revisions(STARTER / "datasets.toml")["StarterWordSTS"]
    path.write_text(json.dumps({"dataset_revision": revision}))
    stdout, _ = _run(
        "--json", "--output", str(tmp_path), "--environment", str(tmp_path / "env"),
        "--model", "baseline/lsa-256", "--task", "StarterWordSTS",
    )  # fmt: skip
    assert json.loads(stdout)["measured"] == []
    assert not (tmp_path / "env").exists()


def test_preparing_says_what_it_would_do(tmp_path: Path) -> None:
    _, stderr = _run("--prepare", "--dry-run", "--environment", str(tmp_path / "env"))
    assert "would be made" in stderr


def test_an_output_folder_must_be_named() -> None:
    with pytest.raises(UsageError, match="--output"):
        _run("--benchmark", "starter")


def test_unknown_names_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError):
        _run("--output", str(tmp_path), "--model", "nobody/nothing")


def test_a_missing_environment_that_cannot_be_made_is_an_error(tmp_path: Path) -> None:
    folder = tmp_path / "env"
    folder.mkdir()
    (folder / "data").write_text("not an environment")
    with pytest.raises(EvaluationError, match="was not changed"):
        _run("--output", str(tmp_path / "out"), "--environment", str(folder))
