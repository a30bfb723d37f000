from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

from frontrunner import web
from frontrunner.results.rejects import Reason
from frontrunner.web.licences import reviewed
from frontrunner.web.words import Count, languages, preferred, words

TEMPLATES = sorted((Path(web.__file__).parent / "templates").glob("*.html"))


def _fields(message: str) -> set[str]:
    return {field for _, field, _, _ in string.Formatter().parse(message) if field}


@pytest.mark.parametrize("language", languages())
def test_every_language_has_every_message_with_the_same_values(language: str) -> None:
    english, other = words("en").messages, words(language).messages
    # Of the catalog and of programs: what is not listed stays as it is.
    tables = ("titles", "domains", "tongues", "api_words", "fates", "old_tables", "old_reasons")
    names = tuple(f"{table}." for table in (*tables, "licence_reasons"))
    english = {key: text for key, text in english.items() if not key.startswith(names)}
    other = {key: text for key, text in other.items() if not key.startswith(names)}
    assert set(other) == set(english)
    assert all(text.strip() for key, text in other.items() if key != "site.space")
    wrong = [key for key in english if _fields(english[key]) != _fields(other[key])]
    assert not wrong


def test_every_message_that_a_template_names_exists() -> None:
    known = words("en").messages
    for template in TEMPLATES:
        for key in re.findall(
            r"""\bt\(["']([a-z_0-9]+\.[a-z_0-9]+)["'] *[,)]""", template.read_text()
        ):
            assert key in known, f"{template.name}: {key}"


def test_no_template_has_words_of_its_own() -> None:
    for template in TEMPLATES:
        if template.name == "styleguide.html":
            continue
        plain = re.sub(r"\{%.*?%\}|\{\{.*?\}\}", " ", template.read_text(), flags=re.DOTALL)
        bare = re.sub(r"<[^>]*>", " ", plain)
        found = [
            word
            for word in re.findall(r"[A-Za-z]{3,}", bare)
            if word
            not in {
                "JSON",
                "CSV",
                "Parquet",
                "title",
                "openapi",
                "json",
                "GET",
                "curl",
            }  # names; a conditional attribute
        ]
        assert not found, f"{template.name}: {found}"


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("fr, zh;q=0.2, en;q=0.1", "zh"),
        ("zh;q=0", "en"),
        ("en;q=nonsense, zh", "zh"),
        ("*", "en"),
    ],
)
def test_the_language_that_is_liked_best(header: str, language: str) -> None:
    assert preferred(header) == language


@pytest.mark.parametrize(
    ("n", "shown"), [(0, "0 tasks"), (1, "1 task"), (2, "2 tasks"), (1200, "1,200 tasks")]
)
def test_counts_choose_between_singular_and_plural(n: int, shown: str) -> None:
    assert f"{Count(n):# task|# tasks}" == shown
    assert f"{Count(n)}" == str(n)


def test_every_count_beside_an_english_noun_has_a_singular() -> None:
    """A number and a plural noun side by side would read "1 boards"."""
    nouns = "board|model|task|score|language|type|rank|subset|dataset|file|day|name"
    plain = re.compile(rf"\{{\w+\}} ({nouns})s\b")
    found = {key: text for key, text in words("en").messages.items() if plain.search(text)}
    assert set(found) <= {"pick.some", "compare.full", "card.parameters", "card.dims"}, found


def test_names_of_the_catalog_are_translated() -> None:
    t = words("zh")
    assert t.named("domains", "Legal") == "\u6cd5\u5f8b"
    assert t.named("tongues", "English") == "\u82f1\u8bed"
    assert t.named("tongues", "python-Code (Code)") == "Python \u4ee3\u7801"
    assert words("en").named("tongues", "python-Code (Code)") == "Python code"
    assert t.named("titles", "A board of your own") == "A board of your own"


def test_one_of_something_is_singular() -> None:
    assert words("en")("board.tasks", n=1) == "1 task"
    assert words("en")("board.tasks", n=2) == "2 tasks"


def test_every_reason_to_reject_a_file_has_a_name() -> None:
    for language in ("en", "zh"):
        t = words(language)
        assert all(t.named("reasons", reason) != reason for reason in Reason)


def test_every_reason_of_the_map_of_licences_is_in_chinese() -> None:
    assert {one.why for one in reviewed()} == set(words("zh").below("licence_reasons"))
