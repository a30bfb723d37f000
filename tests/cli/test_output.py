"""What commands print: nothing moves the cursor, and counts have a singular."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontrunner.cli.output import complain, counted, print_json, say, visible


@given(st.text())
def test_names_stay_on_one_line(text: str) -> None:
    shown = visible(text)
    assert shown.isprintable() or not set(shown) & {"\n", "\r", "\x1b", "\u202e"}
    assert visible("plain-\u00e9") == "plain-\u00e9"


def test_control_characters_are_spelled_out() -> None:
    assert visible("a\n\x1b[31mb\u202e") == "a\\n\\x1b[31mb\\u202e"


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0 boards"), (1, "1 board"), (2, "2 boards"), (1234, "1,234 boards")]
)
def test_counts(number: int, text: str) -> None:
    assert counted(number, "board") == text


def test_messages_go_to_stderr_unbroken_and_without_markup(
    capsys: pytest.CaptureFixture[str],
) -> None:
    say("[[model]] " + "x" * 300)
    complain("error", "[bold]a\x1b\nb")
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err == f"[[model]] {'x' * 300}\nerror: [bold]a\\x1b\nb\n"


def test_json_goes_to_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    print_json({"a": [1, None]})
    printed = capsys.readouterr()
    assert msgspec.json.decode(printed.out) == {"a": [1, None]}
    assert printed.out.endswith("}\n")
