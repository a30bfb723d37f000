"""What links to older boards meant, however they are written."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontrunner.catalog import Benchmark
from frontrunner.legacy.boardmap import Successor, load_board_map
from frontrunner.legacy.links.meaning import ToBoard, ToTable, Unknown, benchmark_called, meaning
from tests.factories import catalog, scope, task

ROWS = list(load_board_map().values())
NAMES = sorted({row.benchmark for row in ROWS if row.benchmark})
KNOWN = catalog(
    benchmarks=[
        *(Benchmark(name=name, display_name=name, scopes=()) for name in NAMES),
        Benchmark(name="BEIR", display_name="BEIR", scopes=(), aliases=("beir-old", "B.E.I.R.")),
    ]
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.task}-{row.language}")
@pytest.mark.parametrize("spell", [str, str.upper, str.title, lambda text: text.replace("-", " ")])
def test_every_table_of_the_first_board_is_found(row: Successor, spell: type[str]) -> None:
    found = meaning({"task": spell(row.task), "language": spell(row.language)}, KNOWN)
    if row.benchmark:
        assert found == ToBoard(row.benchmark, (row.today or row.type,) if row.type else ())
    else:
        assert found == ToTable(row.task, row.language)


@pytest.mark.parametrize(
    ("query", "benchmark", "types"),
    [
        ({"task": "bitext-mining", "language": "danish"}, "MTEB(Scandinavian, v1)", "BitextMining"),
        ({"task": "pair-classification"}, "MTEB(eng, v1)", "PairClassification"),
        ({"task": "Pair Classification"}, "MTEB(eng, v1)", "PairClassification"),
        ({"task": "retrieval"}, "MTEB(eng, v1)", "Retrieval"),
        ({"task": ""}, "MTEB(eng, v1)", ""),
        ({"language": "french"}, "MTEB(fra, v1)", ""),
        ({"language": "FRENCH"}, "MTEB(fra, v1)", ""),
    ],
)
def test_aliases_and_defaults(query: dict[str, str], benchmark: str, types: str) -> None:
    assert meaning(query, KNOWN) == ToBoard(benchmark, (types,) if types else ())


@pytest.mark.parametrize("name", [*NAMES, "BEIR"])
def test_benchmarks_of_the_second_board_are_found_however_encoded(name: str) -> None:
    twice = quote(quote(name))
    for spelling in (name, name.lower(), quote(name), twice, name.replace(" ", "+")):
        assert meaning({"benchmark_name": spelling}, KNOWN) == ToBoard(name), spelling


def test_a_benchmark_of_one_type_is_shown_as_it_is() -> None:
    tasks = [task("L", type="Retrieval"), task("S", type="STS")]
    law, english = (
        Benchmark(name=name, display_name=name, scopes=tuple(scope(one) for one in some))
        for name, some in (("MTEB(Law, v1)", tasks[:1]), ("MTEB(eng, v1)", tasks))
    )
    known = catalog(tasks, benchmarks=[law, english])
    for language, types in (("law", ()), ("english", ("Retrieval",))):
        found = meaning({"task": "retrieval", "language": language}, known)
        assert isinstance(found, ToBoard)
        assert found.types == types


def test_an_alias_is_a_name() -> None:
    assert benchmark_called("Beir-Old", KNOWN) == "BEIR"


def test_unknown_values_offer_links_that_work() -> None:
    for query in (
        {"task": "retreival"},
        {"task": "Chinese"},
        {"task": "nonsense"},
        {"task": "sts", "language": "klingon"},
        {"benchmark_name": "MTEB(engl, v1)"},
    ):
        found = meaning(query, KNOWN)
        assert isinstance(found, Unknown)
        assert found.near, query
        for _, address in found.near:
            pairs = dict(pair.split("=", 1) for pair in address.split("&"))
            assert not isinstance(meaning(pairs, KNOWN), Unknown)


def test_a_successor_that_is_not_here_is_said_to_be_missing() -> None:
    found = meaning({"task": "overall", "language": "english"}, catalog())
    assert found == Unknown("benchmark_name", "MTEB(eng, v1)", ())


def test_a_link_of_our_own_is_left_alone() -> None:
    assert meaning({}, KNOWN) is None
    assert meaning({"embed": "1"}, KNOWN) is None


@given(st.text(max_size=40), st.text(max_size=40))
def test_no_value_breaks_it(task: str, language: str) -> None:
    assert meaning({"task": task, "language": language}, KNOWN) is not None
    assert (meaning({"benchmark_name": task}, KNOWN) is not None) == bool(task.strip())
