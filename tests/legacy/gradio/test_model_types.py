"""Which type boxes find a model: the old rule for old models, the catalog for new ones."""

from __future__ import annotations

from typing import Any

import pytest

from frontrunner.catalog import Model
from frontrunner.legacy.files.markup import Anchor
from frontrunner.legacy.gradio.model_types import (
    BI_ENCODERS,
    CROSS_ENCODERS,
    INSTRUCTIONS,
    MODEL_TYPES,
    NO_INSTRUCTIONS,
    OPEN,
    PROPRIETARY,
    SENTENCE_TRANSFORMERS,
    UNLISTED,
    known_types,
    old_types,
    types_of,
)
from tests.factories import catalog

META: dict[str, Any] = {
    "model_meta": {
        "org__closed": {"link": "https://c", "is_proprietary": True, "uses_instruct": True},
        "org__st": {"link": "https://s", "is_sentence_transformers_compatible": True},
        "org__cross": {"link": "https://x"},
        "bare-cross": {"link": "https://b"},
        "bm25": {"link": "https://bm"},
        "bm25s": {"link": "https://bms"},
        "linkless": {"is_proprietary": True},
        "odd": "not a table",
    },
    "cross_encoders": ["cross", "bare-cross", "unlisted-cross"],
}
SPACE = "https://huggingface.co/spaces/mteb/leaderboard"


@pytest.mark.parametrize(
    ("model", "types"),
    [
        (Anchor("closed", "https://c"), (PROPRIETARY, BI_ENCODERS, INSTRUCTIONS)),
        (Anchor("st", "https://s"), (OPEN, SENTENCE_TRANSFORMERS, BI_ENCODERS, NO_INSTRUCTIONS)),
        # The old list names cross-encoders without their organisation, so `org__cross` is none.
        (Anchor("cross", "https://x"), (OPEN, BI_ENCODERS, NO_INSTRUCTIONS)),
        (Anchor("bare-cross", "https://b"), (OPEN, CROSS_ENCODERS, NO_INSTRUCTIONS)),
        (Anchor("unlisted-cross", SPACE), (OPEN, CROSS_ENCODERS)),
        (Anchor("bm25", "https://bm"), (OPEN, NO_INSTRUCTIONS)),
        (Anchor("bm25s", "https://bms"), (OPEN, BI_ENCODERS, NO_INSTRUCTIONS)),
        (Anchor("linkless", SPACE), (PROPRIETARY, BI_ENCODERS, NO_INSTRUCTIONS)),
        (Anchor("never", "https://n"), UNLISTED),
    ],
)
def test_the_old_list_describes_its_models(model: Anchor, types: tuple[str, ...]) -> None:
    assert types_of(model, old_types(META, [])) == types


def test_an_old_row_that_the_list_does_not_name_is_open_and_nothing_else() -> None:
    rows = [Anchor("closed", "https://copy"), Anchor("st", None), Anchor("other", "https://o")]
    old = old_types(META, rows)
    for row in rows:
        assert types_of(row, old) == UNLISTED, row
    assert types_of(Anchor("closed", "https://c"), old)[0] == PROPRIETARY


def test_a_listed_model_whose_link_has_changed_keeps_its_types() -> None:
    old = old_types(META, [Anchor("closed", "https://c")])
    moved = Anchor("closed", "https://new.example")
    assert types_of(moved, old) == types_of(Anchor("closed", "https://c"), old)


def test_entries_of_one_name_and_link_are_joined() -> None:
    meta = {
        "model_meta": {
            "a__m": {"link": "https://m", "is_proprietary": True},
            "b__m": {"link": "https://m", "uses_instruct": True},
        }
    }
    found = types_of(Anchor("m", "https://m"), old_types(meta, []))
    assert found == (PROPRIETARY, BI_ENCODERS, INSTRUCTIONS, NO_INSTRUCTIONS)


@pytest.mark.parametrize("meta", [{}, {"model_meta": None}, {"model_meta": [1]}])
def test_a_list_that_is_none_names_no_models(meta: dict[str, Any]) -> None:
    assert old_types(meta, []) == {}


def test_todays_catalog_describes_new_models_only() -> None:
    today = [
        Model(name="org/closed", open_weights=True),
        Model(name="org/late", open_weights=False, frameworks=("Sentence Transformers",)),
        Model(name="mteb/baseline-bm25s", types=("sparse",)),
        Model(name="org/rerank", types=("cross-encoder",), instruction_tuned=True),
        Model(name="a/same", url="https://a", open_weights=False),
        Model(name="b/same"),
    ]
    known = known_types(catalog(models=today), old_types(META, []))

    def found(name: str, link: str | None = None) -> tuple[str, ...]:
        return types_of(Anchor(name, link), known)

    assert found("closed", "https://huggingface.co/org/closed")[0] == PROPRIETARY
    assert found("late") == (PROPRIETARY, SENTENCE_TRANSFORMERS, BI_ENCODERS, NO_INSTRUCTIONS)
    assert found("baseline-bm25s") == (OPEN, NO_INSTRUCTIONS)
    assert found("rerank") == (OPEN, CROSS_ENCODERS, INSTRUCTIONS)
    assert found("same", "https://a")[0] == PROPRIETARY
    assert found("same", "https://huggingface.co/b/same")[0] == OPEN
    assert found("same", "https://elsewhere")[0] == PROPRIETARY
    for named in known.values():
        for types in (*named.by_link.values(), named.others):
            assert set(types) <= set(MODEL_TYPES)
