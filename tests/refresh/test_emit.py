"""Schedules that are written for operators; tests/acceptance has their linters."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from frontrunner.base.config import load_settings
from frontrunner.base.errors import UsageError
from frontrunner.gateway.emit import program
from frontrunner.refresh.emit import KINDS, cron_of, emitted


@pytest.mark.parametrize(
    ("every", "cron"),
    [
        ("6h", "23 */6 * * *"),
        ("1h", "23 * * * *"),
        ("1d", "23 2 * * *"),
        ("24h", "23 2 * * *"),
        ("12h", "23 */12 * * *"),
        ("30m", "*/30 * * * *"),
        ("60m", "23 * * * *"),
    ],
)
def test_a_time_as_a_schedule(every: str, cron: str) -> None:
    assert cron_of(every) == cron


@pytest.mark.parametrize("every", ["5h", "7m", "36h", "90m", "2d", "61s"])
def test_a_time_that_cron_cannot_express(every: str) -> None:
    with pytest.raises(UsageError, match="cannot run every"):
        cron_of(every)


@pytest.mark.parametrize("kind", KINDS)
def test_a_home_with_a_strange_name_stays_one_word(tmp_path: Path, kind: str) -> None:
    settings = load_settings(tmp_path / "my 100% board", {})
    text = emitted(kind, settings)
    place = {
        "systemd": f'--home "{tmp_path}/my 100%% board"',
        "cron": f"--home '{tmp_path}/my 100\\% board'",
    }
    assert place.get(kind, "") in text


@pytest.mark.parametrize("kind", ["systemd", "cron"])
def test_the_program_that_runs_now_is_named_with_its_whole_path(tmp_path: Path, kind: str) -> None:
    assert program().is_absolute()
    assert f"{program()} refresh --" in emitted(kind, load_settings(tmp_path, {}))


def test_the_job_deploys_where_there_is_a_space(tmp_path: Path) -> None:
    settings = load_settings(tmp_path, {})
    without = yaml.safe_load(emitted("github-actions", settings))
    deploy = {"deploy": {"space": "board/leaderboard"}}
    with_space = yaml.safe_load(
        emitted("github-actions", load_settings(tmp_path, {}, refresh=deploy))
    )
    assert "HF_TOKEN" not in without["jobs"]["refresh"]["env"]
    assert "HF_TOKEN" in with_space["jobs"]["refresh"]["env"]
    assert with_space["jobs"]["refresh"]["steps"] == without["jobs"]["refresh"]["steps"]


def test_an_unknown_kind_names_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="Did you mean kubernetes"):
        emitted("kubernets", load_settings(tmp_path, {}))
