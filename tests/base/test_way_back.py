"""Settings for the way back: a mistake in the file, and the copy that is then used."""

from __future__ import annotations

from pathlib import Path

import pytest

from frontrunner.base.config import Settings, load_settings
from frontrunner.base.errors import GatewayError, UsageError
from frontrunner.base.home import Home
from frontrunner.base.way_back import keep_settings, settings_for_way_back

GOOD = '[gateway]\nold = "http://a:1"\nstate = "/var/lib/x"\n[takeover]\ntick = "2s"\n'


def usable(settings: Settings) -> None:
    if not settings.gateway.old:
        raise GatewayError("gateway.old is not set")


def found(home: Path, needed: tuple[str, ...] = ("gateway",)) -> tuple[Settings, str]:
    return settings_for_way_back(home, needed, usable, {})


def write(home: Path, text: str) -> None:
    Home(home).settings.write_text(text)


def test_settings_without_a_mistake_are_those_of_the_file(tmp_path: Path) -> None:
    write(tmp_path, GOOD)
    assert found(tmp_path) == (load_settings(tmp_path, {}), "")


@pytest.mark.parametrize(
    "mistake",
    ["[sitee]\nname = 'x'\n", "[server]\nport = 'x'\n", "[build]\nkep = 1\n", "[notify]\nx = 1"],
)
def test_a_mistake_in_another_section_is_a_warning(tmp_path: Path, mistake: str) -> None:
    write(tmp_path, GOOD + mistake)
    settings, warning = found(tmp_path)
    assert settings.gateway.state == "/var/lib/x"
    with pytest.raises(UsageError) as raised:
        load_settings(tmp_path, {})
    assert warning == f"{raised.value} The command goes on without the sections that have an error."


@pytest.mark.parametrize(
    "spoiled",
    ["[gateway\nold", "[gatewy]\nold = 1", "[gateway]\nold = 5", "gateway = 1", "", "\0"],
)
def test_a_mistake_in_what_is_needed_leads_to_the_copy(tmp_path: Path, spoiled: str) -> None:
    write(tmp_path, GOOD)
    keep_settings(tmp_path)
    write(tmp_path, spoiled)
    settings, warning = found(tmp_path)
    assert (settings.gateway.state, settings.home) == ("/var/lib/x", tmp_path)
    assert f"goes on with {Home(tmp_path).working_settings}" in warning


def test_a_section_that_is_misspelled_is_not_taken_for_the_defaults(tmp_path: Path) -> None:
    write(tmp_path, GOOD.replace("[takeover]", "[takeovr]"))
    with pytest.raises(UsageError, match=r"Did you mean \[takeover\]"):
        found(tmp_path, ("gateway", "takeover"))


def test_without_a_copy_the_mistake_is_the_error(tmp_path: Path) -> None:
    write(tmp_path, "[gateway\n")
    with pytest.raises(UsageError, match="is not valid TOML"):
        found(tmp_path)


def test_the_copy_is_private_and_never_of_a_file_with_a_mistake(tmp_path: Path) -> None:
    keep_settings(tmp_path)
    copy = Home(tmp_path).working_settings
    assert not copy.exists()
    write(tmp_path, GOOD)
    keep_settings(tmp_path)
    assert (copy.read_text(), copy.stat().st_mode & 0o777) == (GOOD, 0o600)
    write(tmp_path, "[gateway\n")
    with pytest.raises(UsageError):
        keep_settings(tmp_path)
    assert copy.read_text() == GOOD
