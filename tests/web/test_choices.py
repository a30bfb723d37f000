"""What a board is ranked by: in addresses and in forms."""

from __future__ import annotations

import pytest

from frontrunner.answers.filters import RankRequest
from frontrunner.web.choices import Choices, from_form, read, without


def test_an_address_names_choices() -> None:
    query = {
        "languages": "German,French~eng-Latn",
        "types": "STS~Retrieval",
        "weigh": "Retrieval:3~a:b:0.5",
        "policy": "lenient",
        "max": "500M",
    }
    found = read(query)
    assert found == Choices(
        languages=("German", "French", "eng-Latn"),
        types=("STS", "Retrieval"),
        weigh=("Retrieval:3", "a:b:0.5"),
        lenient=True,
    )
    assert found.weights == {"Retrieval": "3", "a:b": "0.5"}
    assert found.narrowing == ("German", "French", "eng-Latn", "STS", "Retrieval")


def test_what_is_asked_names_each_value_once() -> None:
    chosen = read({"languages": "de,de~fr", "weigh": "A:3~A:4~B:1~A:2", "policy": "lenient"})
    wanted = {"languages": "de~fr", "weigh": "A:2~B:1", "policy": "lenient"}
    assert chosen.asked == wanted
    assert read(chosen.asked).asked == wanted
    assert read({"policy": "strict"}).asked == {}


def test_choices_are_a_request_to_the_api() -> None:
    chosen = read({"subsets": "en,de", "weigh": "T:2"})
    wanted = RankRequest(benchmark="B", subsets=("en", "de"), weights=("T:2",), bands=True)
    assert chosen.request("B") == wanted


@pytest.mark.parametrize("query", [{}, {"max": "7B"}, {"types": "~"}, {"policy": "strict"}])
def test_nothing_chosen_is_the_board(query: dict[str, str]) -> None:
    assert read(query).is_board


def test_a_form_becomes_an_address_without_what_says_nothing() -> None:
    filled = [
        ("max", "500M"),
        ("languages", " Greek, Modern (1453-),German "),
        ("types", "STS"),
        ("types", "Retrieval"),
        ("weigh.STS", "2.5"),
        ("weigh.Retrieval", ""),
        ("weigh.STS.12", "1.0"),
        ("weigh.T~1", "0"),
        ("subsets", ""),
        ("apply", "1"),
    ]
    assert from_form(filled) == (
        "?max=500M&languages=Greek%2C%20Modern%20%281453-%29%2CGerman&types=STS~Retrieval"
        "&weigh=STS:2.5~T~1:0"
    )
    assert from_form([("apply", "1"), ("policy", "")]) == ""


def test_an_address_without_some_choices() -> None:
    assert without({"max": "7B", "weigh": "T:2", "q": "a b"}, {"weigh"}) == "?max=7B&q=a%20b"
    assert without({"weigh": "T:2"}, {"weigh"}) == ""
