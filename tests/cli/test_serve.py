"""`frontrunner serve`: options out of range, and answers that another version prepared."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from frontrunner.base.errors import UsageError
from frontrunner.cli import load_commands
from frontrunner.cli.app import app
from frontrunner.http import server
from frontrunner.snapshot.prepared import ANSWERS, MADE_BY
from tests.factories import small_snapshot


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["serve", "--port", "99999"], "--port must be 0-65535, got 99999"),
        (["serve", "--port", "-1"], "--port must be 0-65535, got -1"),
        (["serve", "--workers", "0"], "--workers must be 1-256, got 0"),
        (["demo", "--port", "65536"], "--port must be 0-65535, got 65536"),
    ],
)
def test_a_number_out_of_range_names_the_range(
    tmp_path: Path, words: list[str], message: str
) -> None:
    load_commands(words)
    result = CliRunner().invoke(app, [*words, "--home", str(tmp_path)])
    assert isinstance(result.exception, UsageError)
    assert str(result.exception) == message


@pytest.mark.parametrize("is_stale", [True, False])
def test_answers_of_another_version_are_prepared_anew_beside_the_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_stale: bool
) -> None:
    snapshot = small_snapshot(tmp_path)
    if is_stale:
        snapshot.folder.joinpath(ANSWERS, MADE_BY).write_text("0.0 of before")
    began: list[tuple[str, ...]] = []
    monkeypatch.setattr(subprocess, "Popen", lambda words, **_: began.append(words))
    monkeypatch.setattr(server, "serve", lambda *_, **__: None)
    words = ["serve", "--home", str(tmp_path / "home")]
    load_commands(words)
    result = CliRunner().invoke(app, words)
    assert result.exception is None
    assert [one[1:] for one in began] == [
        ("-m", "frontrunner", "prepare", "--home", str(tmp_path / "home"))
    ] * is_stale
    assert ("are being prepared again" in result.stderr) == is_stale
