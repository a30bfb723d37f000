"""The commands of mteb that make results."""

from __future__ import annotations

import shlex

from frontrunner.answers.commands import run_command


def test_names_are_quoted_for_a_shell() -> None:
    assert shlex.split(run_command("org/a b", ["x; rm -rf ~", "T(1)"]))[3:] == [
        "org/a b",
        "-t",
        "x; rm -rf ~",
        "T(1)",
    ]
    assert run_command("org/a", []) == ""


def test_a_commit_and_a_release_are_asked_for_and_nothing_else_is() -> None:
    assert run_command("org/a", ["T"], "0123abcd" * 5, "1.38.41").splitlines() == [
        "pip install mteb==1.38.41",
        f"mteb run -m org/a -t T --model_revision {'0123abcd' * 5}",
    ]
    for revision, version in (("external", "1.38.dev0; rm"), ("1", "mteb version not available")):
        assert run_command("org/a", ["T"], revision, version) == "mteb run -m org/a -t T"
