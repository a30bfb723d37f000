"""Settings: file, environment, options."""

from __future__ import annotations

from pathlib import Path

import pytest

from frontrunner.base.config import Settings, load_settings
from frontrunner.base.errors import UsageError


def test_defaults() -> None:
    assert load_settings(environ={}) == Settings()


def test_options_go_before_the_environment_and_that_before_the_file(tmp_path: Path) -> None:
    (tmp_path / "frontrunner.toml").write_text('port = 1\nhost = "file"\nkeep = 9')
    environ = {"FRONTRUNNER_PORT": "2", "FRONTRUNNER_HOME": str(tmp_path)}
    found = load_settings(None, environ, keep=3, workers=None)
    assert (found.port, found.host, found.keep, found.home) == (2, "file", 3, tmp_path)


def test_origins_are_a_list_in_the_environment(tmp_path: Path) -> None:
    found = load_settings(tmp_path, {"FRONTRUNNER_CORS_ORIGINS": "https://a, https://b"})
    assert found.cors_origins == ("https://a", "https://b")


@pytest.mark.parametrize(
    "text", ["port = 'x'", "unknown = 1", "port =", "home = 'x'", "port = -1", "keep = -1"]
)
def test_mistakes_are_told(tmp_path: Path, text: str) -> None:
    (tmp_path / "frontrunner.toml").write_text(text)
    with pytest.raises(UsageError, match=r"frontrunner\.toml"):
        load_settings(tmp_path, {})
