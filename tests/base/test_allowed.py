"""What a setting may be, in plain words."""

from __future__ import annotations

import msgspec
import pytest

from frontrunner.base.allowed import allowed
from frontrunner.base.config import SECTIONS


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("server.port", "a whole number from 0 to 65535"),
        ("build.keep", "a whole number, at least 0"),
        ("gateway.banner", "true or false"),
        ("gateway.listen", "host:port, such as 127.0.0.1:8080"),
        ("gateway.old", "http://host:port or https://host, or a list of such URLs"),
        ("gateway.max_connections", "a whole number from 10 to 1000000"),
        ("gateway.attempt_timeout", "a number above 0, at most 300"),
        ("gateway.ejection_time", "a number from 0.1 to 3600"),
        ("gateway.old_host", "one of auto, keep, rewrite"),
        ("gateway.cookie", "a letter, then at most 40 letters, digits, - and _"),
        ("server.cors_origins[...]", "a list, each entry a text"),
        ("hub.deploy_seconds", "a number above 0"),
        ("refresh.results", "a text or a list, each entry a text"),
        ("refresh.guards.models", "a whole number, at least 0"),
        ("takeover.gate[...].name", ""),
        ("gateway.none", ""),
    ],
)
def test_it_is_said_in_plain_words(key: str, words: str) -> None:
    section, _, rest = key.partition(".")
    assert allowed(SECTIONS[section], rest) == words


@pytest.mark.parametrize("section", SECTIONS)
def test_every_setting_has_words(section: str) -> None:
    for field in msgspec.structs.fields(SECTIONS[section]):
        is_section = isinstance(field.default, msgspec.Struct)
        assert bool(allowed(SECTIONS[section], field.name)) is not is_section
