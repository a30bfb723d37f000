"""Addresses of result files at their commit."""

from __future__ import annotations

import pytest

from frontrunner.answers.raw_links import raw_url
from frontrunner.results.origin import Origin


def repository(name: str, folder: str = "results") -> Origin:
    return Origin("git", name, commit="c0ffee", folder=folder)


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("https://github.com/o/r.git", "https://raw.githubusercontent.com/o/r/c0ffee/results/m/T.json"),
        ("https://huggingface.co/datasets/o/r", "https://huggingface.co/datasets/o/r/resolve/c0ffee/results/m/T.json"),
        ("https://gitlab.com/g/o/r", "https://gitlab.com/g/o/r/-/raw/c0ffee/results/m/T.json"),
        ("https://codeberg.org/o/r/", "https://codeberg.org/o/r/raw/commit/c0ffee/results/m/T.json"),
        ("https://git.example.org/o/r", None),
        ("ssh://git@github.com/o/r", None),
        ("results", None),
    ],
)  # fmt: skip
def test_a_file_has_an_address_on_hosts_that_are_known(name: str, wanted: str | None) -> None:
    assert raw_url([repository(name)], "m/T.json") == wanted


def test_names_are_quoted_and_the_root_of_a_repository_has_no_folder() -> None:
    url = raw_url([repository("https://github.com/o/r", "")], "m (1)/T?.json")
    assert url == "https://raw.githubusercontent.com/o/r/c0ffee/m%20%281%29/T%3F.json"


def test_nothing_is_guessed() -> None:
    unknown = Origin("git", "https://github.com/o/r", commit="c0ffee")
    assert raw_url([unknown], "m/T.json") is None
    assert raw_url([Origin("git", "https://github.com/o/r", folder="")], "m/T.json") is None


def test_of_several_sources_the_label_says_which() -> None:
    both = [repository("https://github.com/o/r"), repository("https://github.com/p/r.git", "")]
    assert (
        raw_url(both, "r/m/T.json")
        == "https://raw.githubusercontent.com/o/r/c0ffee/results/m/T.json"
    )
    assert raw_url(both, "r-2/m/T.json") == "https://raw.githubusercontent.com/p/r/c0ffee/m/T.json"
    assert raw_url(both, "elsewhere/m/T.json") is None
