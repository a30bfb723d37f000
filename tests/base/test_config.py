"""Settings: file, environment, options."""

from __future__ import annotations

from pathlib import Path

import pytest

from frontrunner.base.config import Settings, load_settings
from frontrunner.base.errors import UsageError


def test_defaults() -> None:
    assert load_settings(environ={}) == Settings()


def test_options_override_the_environment_and_that_overrides_the_file(tmp_path: Path) -> None:
    (tmp_path / "frontrunner.toml").write_text(
        '[server]\nport = 1\nhost = "file"\n[build]\nkeep = 9'
    )
    environ = {"FRONTRUNNER_SERVER_PORT": "2", "FRONTRUNNER_HOME": str(tmp_path)}
    found = load_settings(None, environ, build={"keep": 3, "readers": None})
    assert found.home == tmp_path
    assert (found.server.port, found.server.host, found.build.keep) == (2, "file", 3)


def test_origins_are_a_list_in_the_environment(tmp_path: Path) -> None:
    found = load_settings(tmp_path, {"FRONTRUNNER_SERVER_CORS_ORIGINS": "https://a, https://b"})
    assert found.server.cors_origins == ("https://a", "https://b")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[server]\nport = 'x'", r"server\.port: expected `int`, got `str`"),
        ("[server]\nport = 99999", r"server\.port: must be at most 65535"),
        ("[server]\nunknown = 1", "there is no key `unknown`"),
        ("[build]\nkeep = -1", r"build\.keep: must be at least 0"),
        ("port =", "is not valid TOML"),
        ("home = 'x'", "Use --home"),
        ("port = 1", r"`port` belongs under \[server\]"),
        ("[sever]\nport = 1", r"Did you mean \[server\]\?"),
        ("server = 1", "unknown section"),
        ("[zzzz]", "Sections: site, build, server"),
    ],
)
def test_mistakes_name_the_file_and_the_key(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "frontrunner.toml").write_text(text)
    with pytest.raises(UsageError, match=says) as raised:
        load_settings(tmp_path, {})
    assert str(tmp_path / "frontrunner.toml") in str(raised.value)


def test_a_mistake_in_a_variable_names_it() -> None:
    with pytest.raises(UsageError, match=r"FRONTRUNNER_SERVER_\.\.\."):
        load_settings(environ={"FRONTRUNNER_SERVER_WORKERS": "0"})
