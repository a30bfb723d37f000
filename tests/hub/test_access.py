"""The token comes from the environment or a file, and is shown nowhere."""

from __future__ import annotations

import copy
import pickle
from pathlib import Path

import msgspec
import pytest

from frontrunner.base.config import SECTIONS
from frontrunner.base.errors import UsageError
from frontrunner.hub.access import VARIABLE, Token, read_secrets, read_token, without_tokens

SECRET = "hf_" + "Secret" * 5


def file_with(folder: Path, text: str, mode: int = 0o600) -> str:
    path = folder / "token"
    path.write_text(text)
    path.chmod(mode)
    return str(path)


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    file = file_with(tmp_path, f"{SECRET}\n")
    found = read_token(file, {VARIABLE: "hf_other"})
    assert found is not None
    assert found.reveal() == "hf_other"
    found = read_token(file, {})
    assert found is not None
    assert found.reveal() == SECRET
    assert read_token("", {}) is None


def test_a_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="chmod 600"):
        read_token(file_with(tmp_path, SECRET, 0o640), {})


@pytest.mark.parametrize("text", ["", "two words", "hf_é", "hf_\x07"])
def test_what_is_no_token_is_refused_without_showing_it(tmp_path: Path, text: str) -> None:
    with pytest.raises(UsageError) as error:
        read_token(file_with(tmp_path, text), {})
    assert not text or text not in str(error.value)


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        read_token(str(tmp_path / "none"), {})


def test_a_token_has_no_text_of_its_own() -> None:
    token = Token(SECRET)
    assert SECRET not in f"{token} {token!r} {[token]}"
    for write in (pickle.dumps, copy.deepcopy, msgspec.json.encode):
        with pytest.raises(TypeError):
            write(token)


@pytest.mark.parametrize("text", ["hf_abcdefgh12345", "api_org_abcdefgh", SECRET])
def test_what_looks_like_a_token_is_hidden(text: str) -> None:
    assert text not in without_tokens(f"x {text} y")
    assert Token("plain").hide_in("a plain secret") == "a <token> secret"


def test_secrets_come_from_files_that_others_cannot_read(tmp_path: Path) -> None:
    file = file_with(tmp_path, "the value\n")
    [(name, value)] = read_secrets([f"A_KEY={file}"]).items()
    assert (name, value.reveal()) == ("A_KEY", "the value")
    assert read_secrets([]) == {}


@pytest.mark.parametrize(
    ("given", "mode", "text", "why"),
    [
        ("A_KEY={}", 0o644, "the value", "chmod 600"), ("A_KEY={}", 0o600, "", "is empty"),
        ("A_KEY={}x", 0o600, "the value", "cannot be read"), ("{}", 0o600, "x", "NAME=FILE"),
        ("A KEY={}", 0o600, "x", "NAME=FILE"), ("A_KEY=", 0o600, "x", "NAME=FILE"),
    ],
)  # fmt: skip
def test_a_file_of_a_secret_that_is_wrong_is_refused(
    tmp_path: Path, given: str, mode: int, text: str, why: str
) -> None:
    with pytest.raises(UsageError, match=why) as error:
        read_secrets([given.format(file_with(tmp_path, text, mode))])
    assert "the value" not in str(error.value)


def test_no_setting_takes_a_token() -> None:
    keys = {key for section in SECTIONS.values() for key in section.__struct_fields__}
    assert "token" not in keys
