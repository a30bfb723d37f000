"""The search of the old board: expressions that clients send."""

from __future__ import annotations

import resource

import pytest

from frontrunner.base.errors import LegacyError
from frontrunner.legacy.gradio.search import search

NAMES = ("bge-small", "e5-large", "multilingual-e5-base", "Ada-002", "gte_qwen2")


def matches(text: str) -> list[str]:
    found = search(text)
    return [name for name in NAMES if found(name)]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("e5", ["e5-large", "multilingual-e5-base"]),
        ("^e5", ["e5-large"]),
        ("ADA", ["Ada-002"]),
        ("bge;ada", ["bge-small", "Ada-002"]),
        (r"\d{3}", ["Ada-002"]),
        (r"(small|base)$", ["bge-small", "multilingual-e5-base"]),
        (r"[a-z]_[a-z]", ["gte_qwen2"]),
        (r"^.{,9}$", ["bge-small", "e5-large", "Ada-002", "gte_qwen2"]),
        (r"\bada\b", ["Ada-002"]),
        ("(?i:QWEN)", ["gte_qwen2"]),
        ("e5.*base;e5.*large", ["e5-large", "multilingual-e5-base"]),
        ("nothing", []),
        (";", list(NAMES)),
    ],
)
def test_a_name_matches_one_of_the_alternatives(text: str, names: list[str]) -> None:
    assert matches(text) == names


@pytest.mark.parametrize(
    "text",
    [
        "bge(", "[", "*", "a**", "a{2,1}",
        "(?x) a b", "(?x)(?:a{1000}) {1000}", "(?=a)", "(?<!a)b", r"(a)\1", "(?R)", "(a|(?1))+",
        "(?:(?:(?:a{1000}){1000}){1000})", "a{99999999}",
        "(((((a{99}){99}){99}){99}){99})", r"(?:\pL{100}){10}" * 50,
        chr(0xD800), "a" * 1001, "a;" * 100,
    ],
)  # fmt: skip
def test_what_the_engine_does_not_take_is_an_error_within_little_memory(text: str) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(LegacyError):
        search(text)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000  # kilobytes


@pytest.mark.parametrize("text", ["^(a|a|a)*(b|c)*(aa|a)*$", "(a*)*b", "(.*)*x" * 20, "(a|aa)+$"])
def test_an_expression_that_backtracks_elsewhere_has_an_answer(text: str) -> None:
    assert search(text)("a" * 400 + "!") is False
