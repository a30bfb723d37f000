"""What a rehearsal must not take from the environment."""

from __future__ import annotations

import pytest

from frontrunner.base.own_variables import without_settings


def test_settings_and_tokens_are_hidden_and_come_back() -> None:
    own = {
        "FRONTRUNNER_HUB_ENDPOINT": "https://hub.example",
        "FRONTRUNNER_TAKEOVER_DATABASE": "postgresql://x/y",
        "HF_TOKEN": "t",
    }
    kept = {"PATH": "/bin", "FRONTRUNNER_LOGGING_FORMAT": "json"}
    environ = own | kept
    with without_settings(environ):
        assert environ == kept
    assert environ == own | kept


def test_they_come_back_after_an_error() -> None:
    environ = {"HF_TOKEN": "t"}
    with pytest.raises(ValueError, match="x"), without_settings(environ):
        raise ValueError("x")
    assert environ == {"HF_TOKEN": "t"}
