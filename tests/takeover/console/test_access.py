from __future__ import annotations

import stat
from pathlib import Path

import pytest

from frontrunner.base.errors import TakeoverError
from frontrunner.takeover.console.access import Attempts, Tokens, own_name

GOOD = "t" * 30


def test_the_first_start_makes_a_token_that_only_its_owner_can_read(tmp_path: Path) -> None:
    tokens = Tokens(tmp_path / "takeover" / "console-tokens")
    assert tokens.ensure()
    assert stat.S_IMODE(tokens.path.stat().st_mode) == 0o600
    before = tokens.path.read_text()
    assert not tokens.ensure()
    assert tokens.path.read_text() == before
    name, token = before.splitlines()[-1].split()
    assert len(token) >= 43
    assert tokens.holder(token) == name == own_name()
    assert tokens.holder(token[:-1]) is None


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o777])
def test_a_file_that_others_can_read_is_not_used(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "tokens"
    path.write_text(f"ada {GOOD}\n")
    path.chmod(mode)
    with pytest.raises(TakeoverError, match="chmod 600"):
        Tokens(path).ensure()
    with pytest.raises(TakeoverError, match="chmod 600"):
        Tokens(path).holder(GOOD)


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("", "has no token"),
        ("# only a comment\n", "has no token"),
        ("ada short\n", "Token 1"),
        (f"ada {GOOD}\nbob\n", "Token 2"),
        (f"a/b {GOOD}\n", "Token 1"),
        (f"{'n' * 33} {GOOD}\n", "Token 1"),
        (f"ada {GOOD} more\n", "Token 1"),
    ],
)
def test_a_wrong_file_is_said_without_its_tokens(tmp_path: Path, content: str, text: str) -> None:
    path = tmp_path / "tokens"
    path.write_text(content)
    path.chmod(0o600)
    with pytest.raises(TakeoverError, match=text) as error:
        Tokens(path).ensure()
    assert GOOD not in str(error.value)


def test_a_file_that_is_gone_is_said(tmp_path: Path) -> None:
    with pytest.raises(TakeoverError, match="cannot be read"):
        Tokens(tmp_path / "none").holder(GOOD)


def test_failures_are_forgotten_after_a_while_and_clients_are_bounded() -> None:
    clock = [0.0]
    attempts = Attempts(lambda: clock[0])
    for _ in range(Attempts.MOST):
        attempts.failed("a")
        clock[0] += 1.0
    assert attempts.wait("a") == Attempts.SECONDS - Attempts.MOST
    assert attempts.wait("b") == 0
    clock[0] += Attempts.SECONDS
    assert attempts.wait("a") == 0
    for number in range(Attempts.CLIENTS + 50):
        attempts.failed(str(number))
    assert len(attempts._failed) == Attempts.CLIENTS


def test_attempts_at_the_same_time_count_before_they_are_answered() -> None:
    attempts = Attempts(lambda: 1000.0)
    assert [attempts.take("a") for _ in range(Attempts.MOST)] == [0.0] * Attempts.MOST
    assert attempts.take("a") == Attempts.SECONDS, "none of the others was answered yet"
    attempts.succeeded("a")
    assert attempts.take("a") == 0.0
    attempts.succeeded("b")
    assert attempts.wait("b") == 0.0
