"""Language codes: names and filters."""

from __future__ import annotations

import pytest

from frontrunner.base.errors import UsageError
from frontrunner.catalog import Languages
from frontrunner.catalog.languages import LanguageFilter, LanguageNames
from tests.factories import LANGUAGES


@pytest.mark.parametrize(
    ("code", "label"),
    [
        ("eng", "English"),
        ("eng-Latn", "English"),
        ("zho-Hans", "Chinese"),
        ("zho-Hant", "Chinese (Traditional)"),
        ("xyz", "xyz"),
        ("eng-Xxxx", "English (Xxxx)"),
        ("", ""),
    ],
)
def test_labels(code: str, label: str) -> None:
    assert LANGUAGES.label(code) == label


@pytest.mark.parametrize(
    "name",
    ["eng", "eng-Latn", "Latn", "python-Code", "python", "English", "Chinese (Traditional)"],
)
def test_languages_that_exist(name: str) -> None:
    assert LANGUAGES.knows(name)
    assert LanguageNames(LANGUAGES, []).codes([name]) == frozenset()


UNKNOWN = ["", "xx", "eng-Xxxx", "Xxxx", "eng-Code", "a-b-c", "english", "English (Xxxx)", "Code"]


@pytest.mark.parametrize("name", UNKNOWN)
def test_languages_that_do_not(name: str) -> None:
    assert not LANGUAGES.knows(name)
    with pytest.raises(UsageError, match="Unknown language: "):
        LanguageNames(LANGUAGES, []).codes([name])


NAMES = LanguageNames(
    LANGUAGES, ["eng-Latn", "eng-Brai", "deu-Latn", "zho-Hant", "python-Code", "eng_Latn"]
)


@pytest.mark.parametrize(
    ("names", "codes"),
    [
        (["eng"], {"eng-Latn", "eng-Brai"}),
        (["eng", "deu-Latn"], {"eng-Latn", "eng-Brai", "deu-Latn"}),
        (["eng-Latn"], {"eng-Latn"}),
        (["English"], {"eng-Latn"}),
        (["Latn"], {"eng-Latn", "deu-Latn"}),
        (["Code"], {"python-Code"}),
        (["Chinese (Traditional)"], {"zho-Hant"}),
        (["Chinese"], set()),
        (["zho-Hans"], set()),
        (["eng_Latn"], {"eng_Latn"}),
        ([], set()),
    ],
)
def test_what_names_mean(names: list[str], codes: set[str]) -> None:
    assert NAMES.codes(names) == codes


@pytest.mark.parametrize(
    ("name", "near"),
    [("english", "English"), ("ENG", "eng"), ("deu-latn", "deu-Latn"), ("Germann", "German")],
)
def test_an_unknown_language_is_told_with_the_nearest(name: str, near: str) -> None:
    with pytest.raises(UsageError, match=f"'{name}'. Did you mean '{near}'"):
        NAMES.codes(["eng", name])


def test_a_label_with_commas_survives_a_list_that_is_split_at_them() -> None:
    names = Languages(names={"mni": "Meitei (Meithei, Meetei)", "eng": "English"})
    known = LanguageNames(names, ["mni", "eng"])
    assert known.codes(["English", "Meitei (Meithei", "Meetei)", "eng"]) == {"mni", "eng"}
    with pytest.raises(UsageError, match=r"Unknown language: 'Meetei\)'"):
        known.codes(["Meetei)", "Meitei (Meithei"])


def test_a_filter_means_a_language_in_every_script() -> None:
    wanted = LanguageFilter(NAMES, ["eng-Latn"])
    assert wanted.matches(["deu-Latn", "eng-Brai"])
    assert not wanted.matches(["deu-Latn"])
    assert LanguageFilter(NAMES, []).matches([])


def test_a_filter_for_a_language_of_no_task_matches_nothing() -> None:
    assert not LanguageFilter(NAMES, ["zho-Hans"]).matches(["eng-Latn"])
