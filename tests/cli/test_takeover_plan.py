"""`frontrunner takeover plan`."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from frontrunner.base.durations import duration
from tests.command import run_command


def run(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return run_command("takeover", *words, "--home", str(home))


def test_a_plan_without_any_setting(tmp_path: Path) -> None:
    answer = run(tmp_path, "plan", "--requests-per-day", "2000")
    assert answer.returncode == 0, answer.stderr
    order = [answer.stdout.index(f". {name}") for name in ("parallel", "guided", "shifting, 1%",
             "shifting, 100%", "cutover", "settled")]  # fmt: skip
    assert order == sorted(order)
    for text in (
        "cannot end in less than 22 days",
        "NO WAY BACK",
        "Notices: not sent;",
        "WARNING: Gate parity cannot pass, so parallel is never left.",
    ):
        assert text in answer.stdout
    assert list(tmp_path.iterdir()) == []


def test_a_plan_for_programs(tmp_path: Path) -> None:
    answer = run(tmp_path, "plan", "--json")
    found = json.loads(answer.stdout)
    assert found["requests_per_day"] is None
    assert [one.split()[1] for one in found["warnings"]] == [
        "parity", "contract", "links", "freshness",
    ]  # fmt: skip
    assert [one["stage"] for one in found["steps"]][:2] == ["parallel", "guided"]


def test_a_wrong_setting_is_named(tmp_path: Path) -> None:
    (tmp_path / "frontrunner.toml").write_text("[takeover]\nwarm = 'long'\n")
    answer = run(tmp_path, "plan")
    assert answer.returncode == 2
    assert "takeover.warm must be a duration" in answer.stderr


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "no time"), (0.5, "0.5 seconds"), (60, "1 minute"), (90, "90 seconds"),
     (5400, "90 minutes"), (86400, "1 day"), (129_600, "36 hours"), (2 * 86400, "2 days"),
     (100 * 86400, "100 days")],
)  # fmt: skip
def test_durations_for_people(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_a_plan_without_known_traffic_is_printed_too(tmp_path: Path) -> None:
    answer = run(tmp_path, "plan")
    assert answer.returncode == 0
    assert "Traffic: not known" in answer.stdout


def test_a_mistake_in_the_ignore_rules_is_named_before_anything_begins(tmp_path: Path) -> None:
    (tmp_path / "frontrunner.toml").write_text(
        '[gateway]\nold = "http://127.0.0.1:9"\nnew = "http://127.0.0.1:8"\n'
    )
    rules = tmp_path / "gateway" / "shadow.toml"
    rules.parent.mkdir()
    rules.write_text("# titles\n[[ignore]]\nname = 'titles'\nkind = 'title'\n")
    for words in (("plan",), ("start",), ("start", "--dry-run")):
        answer = run(tmp_path, *words)
        assert answer.returncode == 6, answer.stderr
        assert f"{rules} cannot be used: the rule at line 2: " in answer.stderr
        assert "missing required field `owner`" in answer.stderr
