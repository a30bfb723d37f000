"""The settings of updates: defaults for the guards, exact errors."""

from __future__ import annotations

from pathlib import Path

import pytest

from frontrunner.base.config import load_settings
from frontrunner.base.errors import UsageError
from frontrunner.base.refresh_settings import GUARDS, GuardSettings


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('[refresh]\nevery = "6"', "every must be a duration such as 30m"),
        ('[refresh]\nevery = "30s"', "every must be at least 1m"),
        ('[refresh]\nlive_within = "soon"', "live_within must be a duration"),
        ("[refresh]\nresult = 1", "there is no key `result`"),
        (
            "[refresh.guards]\nscores = 101",
            "guards.scores: must be a number from 0 to 100, got 101",
        ),
        ("[refresh.guards]\nmodels = -1", "guards.models: must be a whole number, at least 0"),
        ('[refresh.deploy]\nspace = "one"', "space must be OWNER/NAME"),
        ('[refresh.deploy]\nspace = "/one"', "space must be OWNER/NAME"),
        ('[refresh.deploy]\ndataset = "a/b"', "dataset needs space"),
        ('[refresh.deploy]\nspace = "a/b"\nwithin = "x"', "within must be a duration"),
        ('[refresh.guards]\noff = ["leader"]', "there is no guard 'leader'"),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, text: str, problem: str) -> None:
    (tmp_path / "frontrunner.toml").write_text(text)
    with pytest.raises(UsageError) as raised:
        load_settings(tmp_path, {})
    assert problem in str(raised.value)


def test_one_limit_leaves_the_others(tmp_path: Path) -> None:
    (tmp_path / "frontrunner.toml").write_text("[refresh.guards]\nmodels = 7")
    environ = {
        "FRONTRUNNER_REFRESH_GUARDS_SCORES": "2.5",
        "FRONTRUNNER_REFRESH_GUARDS_OFF": "moved",
    }
    guards = load_settings(tmp_path, environ).refresh.guards
    assert guards == GuardSettings(models=7, scores=2.5, off=("moved",))


def test_every_guard_has_a_limit() -> None:
    assert set(GUARDS) <= set(GuardSettings.__struct_fields__)
