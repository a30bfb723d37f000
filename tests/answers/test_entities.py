"""Entries of the catalog as JSON structs."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontrunner.answers import schemas
from frontrunner.answers.entities import Entities, billions, is_url, joined, whole_tokens
from frontrunner.catalog import Benchmark, CustomGroup, MenuEntry, Model, Scope
from tests.factories import catalog, scope, task

TWO = task("Two", subsets={"en": ("eng-Latn",), "de": ("deu-Latn", "eng-Latn")}, domains=("Web",))
BOARD = Benchmark(
    name="B/1",
    display_name="Board",
    icon="https://example.org/i.svg",
    scopes=(scope(TWO, subsets=("en",)),),
    superseded_by=("C",),
)
MODEL = Model(
    name="org/a",
    parameters=1_234_567_890,
    max_tokens=512,
    types=("dense",),
    frameworks=("Sentence Transformers",),
    openness={"open weights": True, "paper": False},
    training_datasets=("Two",),
)
KNOWN = catalog([TWO, task("One")], models=[MODEL], benchmarks=[BOARD])


@pytest.fixture
def entities() -> Entities:
    return Entities(KNOWN)


def test_a_scope_narrows_the_languages_of_its_task(entities: Entities) -> None:
    assert set(entities.task(TWO).languages) == {"English", "German"}
    assert entities.task(TWO, subsets=("en",)).languages == ["English"]
    assert entities.benchmark(BOARD).languages == ["English"]
    assert entities.scope_codes(TWO, ()) == TWO.language_codes


def test_a_benchmark_is_described_by_its_tasks(entities: Entities) -> None:
    found = entities.benchmark(BOARD, num_models=3)
    assert (found.tasks, found.task_types, found.domains) == (["Two"], ["STS"], ["Web"])
    assert (found.num_models, found.new_version) == (3, ["C"])
    assert found.icon == "/v1/icon/B%2F1"  # an address of ours, not the other site's


def test_a_benchmark_is_put_together_once(
    entities: Entities, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A client that names another host each time had the front page do it 700 times, in 0.4 s."""
    first = entities.benchmark(BOARD, num_models=3)
    with monkeypatch.context() as patch:
        patch.setattr(Entities, "scope_codes", None)
        again = entities.benchmark(BOARD, num_models=4)
    assert again == msgspec.structs.replace(first, num_models=4)
    other = msgspec.structs.replace(BOARD, description="Another of the same name.")
    assert entities.benchmark(other).description == other.description


@pytest.mark.parametrize("icon", ["\N{EARTH GLOBE EUROPE-AFRICA}", None, ""])
def test_an_icon_that_is_no_address_stays(entities: Entities, icon: str | None) -> None:
    assert entities.benchmark(msgspec.structs.replace(BOARD, icon=icon)).icon == icon


def test_a_group_is_complete_if_its_tasks_are_whole(entities: Entities) -> None:
    part = Scope(task="Two", splits=("test",), subsets=("en",), whole=False)
    found = entities.group(CustomGroup(label="g", scopes=(scope(task("One")), part)))
    assert (found.tasks, found.tasks_complete) == (["One"], False)


def test_the_menu_holds_benchmarks_and_headings(entities: Entities) -> None:
    inner = MenuEntry(name="inner", children=("B/1",))
    known = msgspec.structs.replace(KNOWN, menu=(MenuEntry(name="outer", children=(inner, "B/1")),))
    [outer] = Entities(known).menu({"B/1": 7})
    first, second = outer.children
    assert isinstance(first, schemas.MenuEntry)
    assert second.num_models == 7
    assert first.children == [second]


@given(st.integers(-1, 100))
def test_a_model_is_joined_from_its_halves(zero_shot: int) -> None:
    entities = Entities(KNOWN)
    for experiment in (None, {"embed_dim": [64, 128], "model_type": ["sparse"]}):
        whole = msgspec.json.encode(entities.model(MODEL, zero_shot, experiment))
        assert bytes(joined(entities.model_halves("org/a", experiment), zero_shot)) == whole
    assert bytes(entities.model_json("org/a", zero_shot)) == msgspec.json.encode(
        entities.model(MODEL, zero_shot)
    )


def test_an_experiment_says_more_than_the_catalog(entities: Entities) -> None:
    found = entities.model(MODEL, experiment={"embed_dim": [64, 128], "model_type": ["sparse"]})
    assert (found.embedding_dim, found.model_type) == (128, "sparse")
    plain = entities.model(MODEL)
    assert (plain.embedding_dim, plain.model_type, plain.openness_score) == (None, "dense", 1)
    assert (plain.max_tokens, plain.total_params_b) == (512.0, 1.235)
    assert plain.sentence_transformers_compatible


@pytest.mark.parametrize(
    ("call", "value", "expected"),
    [
        (billions, None, None),
        (billions, 1_499_999, 0.001),
        (whole_tokens, 8192.0, 8192),
        (whole_tokens, None, None),
        (is_url, "HTTPS://x", True),
        (is_url, "data:image/svg", True),
        (is_url, "\N{SNOWMAN}", False),
    ],
)
def test_small_values(call: Any, value: Any, expected: Any) -> None:
    assert call(value) == expected


def test_the_vocabulary_has_what_filters_can_name(entities: Entities) -> None:
    words = entities.vocabulary
    assert words["subsets"] == {"en", "de", "default"}
    assert words["domains"] == {"Web"}
    assert words["model_types"] == {"dense"}
    assert words["frameworks"] == {"Sentence Transformers"}
