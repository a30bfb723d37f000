"""Settings: file, environment, options."""

from __future__ import annotations

import re
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
        ("[server]\nport = 'x'", r"server\.port: must be a whole number"),
        (
            "[server]\nport = 99999",
            r"server\.port: must be a whole number from 0 to 65535, got 99999",
        ),
        ("[server]\nunknown = 1", "there is no key `unknown`"),
        ("[build]\nkeep = -1", r"build\.keep: must be a whole number, at least 0, got -1"),
        ("port =", "is not valid TOML"),
        ("home = 'x'", "Use --home"),
        ("port = 1", r"`port` belongs under \[server\]"),
        ("[sever]\nport = 1", r"Did you mean \[server\]\?"),
        ("server = 1", "unknown section"),
        ("[zzzz]", "Sections: site, build, snapshots, server"),
    ],
)
def test_mistakes_name_the_file_and_the_key(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "frontrunner.toml").write_text(text)
    with pytest.raises(UsageError, match=says) as raised:
        load_settings(tmp_path, {})
    assert str(tmp_path / "frontrunner.toml") in str(raised.value)


@pytest.mark.parametrize(
    ("environ", "options", "place"),
    [
        ({}, {}, "Correct it in {file};"),
        (
            {"FRONTRUNNER_SERVER_PORT": "0x"},
            {},
            "Correct it in the variable FRONTRUNNER_SERVER_PORT;",
        ),
        ({"FRONTRUNNER_SERVER_PORT": "1"}, {"port": 99999}, "--port must be a whole number from 0"),
    ],
)
def test_a_mistake_names_the_place_that_it_was_given_in(
    tmp_path: Path, environ: dict[str, str], options: dict[str, int], place: str
) -> None:
    file = tmp_path / "frontrunner.toml"
    file.write_text("[server]\nport = 99999")
    with pytest.raises(UsageError, match=re.escape(place.format(file=file))):
        load_settings(tmp_path, environ, server=options)


def test_a_mistake_in_a_list_names_its_setting(tmp_path: Path) -> None:
    (tmp_path / "frontrunner.toml").write_text("[server]\ncors_origins = [1]")
    with pytest.raises(UsageError, match=r"server\.cors_origins"):
        load_settings(tmp_path, {})
