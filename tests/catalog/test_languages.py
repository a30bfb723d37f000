"""Language codes: names and filters."""

from __future__ import annotations

import pytest

from frontrunner.base.errors import UsageError
from frontrunner.catalog.languages import LanguageFilter
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


@pytest.mark.parametrize("code", ["eng", "eng-Latn", "Latn", "python-Code", "python"])
def test_codes_that_exist(code: str) -> None:
    LANGUAGES.check(code)


@pytest.mark.parametrize("code", ["", "xx", "eng-Xxxx", "Xxxx", "eng-Code", "a-b-c", "English"])
def test_codes_that_do_not(code: str) -> None:
    with pytest.raises(UsageError, match="Unknown language code"):
        LANGUAGES.check(code)


def test_a_filter_means_a_language_in_every_script() -> None:
    wanted = LanguageFilter(LANGUAGES, ["eng-Latn"])
    assert wanted.matches(["deu-Latn", "eng-Brai"])
    assert not wanted.matches(["deu-Latn"])
    assert LanguageFilter(LANGUAGES, []).matches([])
