"""The settings of a take-over: durations, defaults of stages, exact errors."""

from __future__ import annotations

from pathlib import Path

import pytest

from frontrunner.base.config import load_settings
from frontrunner.base.errors import UsageError
from frontrunner.base.takeover_settings import TakeoverSettings


def test_nothing_must_be_set(tmp_path: Path) -> None:
    assert load_settings(tmp_path, {}).takeover == TakeoverSettings()


def test_a_stage_keeps_the_defaults_of_keys_that_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "frontrunner.toml").write_text(
        '[takeover]\nshares = [0.07, 10, 100]\n[takeover.parallel]\ngates = ["shadow"]\n'
    )
    environ = {
        "FRONTRUNNER_TAKEOVER_PARALLEL_DEADLINE": "3d",
        "FRONTRUNNER_TAKEOVER_GUIDED_APPROVE": "true",
        "FRONTRUNNER_TAKEOVER_WARM": "2d",
    }
    found = load_settings(tmp_path, environ).takeover
    default = TakeoverSettings()
    assert found.shares == (0.07, 10, 100)
    assert (found.parallel.gates, found.parallel.deadline) == (("shadow",), "3d")
    assert found.parallel.evidence == default.parallel.evidence
    assert (found.guided.approve, found.guided.gates) == (True, default.guided.gates)
    assert found.warm == "2d"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('warm = "7 days"', r"takeover\.warm must be a duration such as 30m.*got '7 days'"),
        ("shares = [1, 5]", r"takeover\.shares must end with 100"),
        ("shares = [5, 1, 100]", "shares must grow from each to the next"),
        ("shares = [0, 100]", "shares must be above 0, with two decimals at most"),
        ("shares = [0.001, 100]", "shares must be above 0, with two decimals at most"),
        ("shares = [101, 100]", "each entry a number from 0 to 100"),
        ('tick = "0s"', "tick must be longer than 0s"),
        ('[takeover.guided]\ndeadline = "0s"', r"takeover\.guided\.deadline must be longer"),
        (
            '[takeover.guided]\ndeadline = "1h"',
            r"takeover\.guided\.at_least \(1d\) must be shorter than deadline \(1h\)",
        ),
        ('[takeover.guided]\ngates = ["a", "a"]', "gates has 'a' twice"),
        (
            '[takeover.cutover]\ndeadline = "5d"',
            r"cutover.deadline \(5d\) must be longer than warm",
        ),
        (
            '[takeover.cutover]\nrollback = "never"',
            r"takeover\.cutover\.rollback: must be one of at-once, stepwise, got 'never'",
        ),
        ("[takeover.shiftin]\napprove = true", "there is no key `shiftin`"),
        ("[takeover.shifting]\ngate = []", "there is no key `gate`"),
    ],
)
def test_mistakes_name_the_key(tmp_path: Path, text: str, says: str) -> None:
    prefix = "" if text.startswith("[") else "[takeover]\n"
    (tmp_path / "frontrunner.toml").write_text(prefix + text)
    with pytest.raises(UsageError, match=says):
        load_settings(tmp_path, {})
