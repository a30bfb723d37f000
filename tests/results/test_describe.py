"""What model_meta.json says of a model, in the shapes that mteb has written."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontrunner.catalog import Model
from frontrunner.results.describe import described_model


def described(**facts: Any) -> Model:
    found = described_model(json.dumps({"name": "lab/new", "revision": "r1"} | facts).encode())
    assert found is not None
    return found


def test_a_name_alone_leaves_everything_else_unknown() -> None:
    model = described()
    assert model.described_by_results
    assert (model.parameters, model.max_tokens, model.open_weights) == (None, None, None)
    assert model.openness == {}
    assert model.seen_tasks is None
    assert model.types == ("dense",)


def test_todays_shape() -> None:
    model = described(
        n_parameters=100_000, embed_dim=[64, 256], max_tokens=512.0, release_date="2024-05-01",
        license="mit", open_weights=True, framework=["PyTorch"], use_instructions=False,
        training_datasets=["B", "A"], model_type=["sparse"], reference="https://x.org/m",
        modalities=["text", "image"], languages=["eng-Latn"], memory_usage_mb=4,
        public_training_code="https://x.org/c", public_training_data=True, citation="@x",
        adapted_from="lab/base", superseded_by="lab/next", n_active_parameters_override=90_000,
    )  # fmt: skip
    assert (model.parameters, model.active_parameters, model.embedding_dim) == (
        100_000, 90_000, 256,
    )  # fmt: skip
    assert (model.max_tokens, model.memory_mb) == (512.0, 4.0)
    assert (model.training_datasets, model.seen_tasks) == (("A", "B"), ("A", "B"))
    assert (model.types, model.instruction_tuned) == (("sparse",), False)
    assert (model.adapted_from, model.superseded_by) == ("lab/base", "lab/next")
    assert set(model.openness) == {
        "open weights", "open license", "open training code", "open training data", "paper",
        "model card",
    }  # fmt: skip
    assert all(model.openness.values())


@pytest.mark.parametrize(
    ("facts", "field", "value"),
    [
        ({"open_source": False}, "open_weights", False),
        ({"use_instuctions": True}, "instruction_tuned", True),
        ({"training_datasets": {"B": ["train"], "A": ["train"]}}, "training_datasets", ("A", "B")),
        ({"training_datasets": []}, "training_datasets", ()),
        ({"is_cross_encoder": True}, "types", ("cross-encoder",)),
        ({"max_tokens": float("inf")}, "max_tokens", None),
        ({"languages": "eng-Latn"}, "languages", ("eng-Latn",)),
        ({"license": "not specified"}, "license", None),
        ({"embedding_dimension": 384}, "embedding_dim", 384),
        ({"n_parameters": 1.5e9}, "parameters", 1_500_000_000),
        ({"n_parameters": "many"}, "parameters", None),
        ({"n_parameters": -1}, "parameters", None),
        ({"n_parameters": True}, "parameters", None),
        ({"n_parameters": 10**30}, "parameters", None),
        ({"release_date": "2024-05-01T00:00:00"}, "release_date", "2024-05-01"),
        ({"release_date": "soon"}, "release_date", None),
        ({"reference": "javascript:alert(1)"}, "url", None),
        ({"public_training_data": {"a": 1}}, "training_data", None),
        ({"public_training_code": True}, "training_code", None),
        ({"superseded_by": "lab/new"}, "superseded_by", None),
        ({"framework": "PyTorch"}, "frameworks", ("PyTorch",)),
        ({"modalities": []}, "modalities", ("text",)),
        ({"citation": "x" * 9999}, "citation", "x" * 2000),
    ],
)
def test_older_shapes_and_mistakes(facts: dict[str, Any], field: str, value: object) -> None:
    assert getattr(described(**facts), field) == value


@pytest.mark.parametrize(
    "data",
    [b"", b"[]", b"{}", b'{"name": null}', b'{"name": ""}', b'{"name": "a\\nb"}',
     b'{"name": " a"}', b'{"name": "menu"}', b'{"name": "a/scores"}',
     b"[" * 9999, b'{"name": "' + b"x" * 201 + b'"}'],
)  # fmt: skip
def test_without_a_name_there_is_no_model(data: bytes) -> None:
    assert described_model(data) is None


_FACT = st.sampled_from(
    ["n_parameters", "embed_dim", "max_tokens", "license", "open_weights", "framework",
     "languages", "training_datasets", "model_type", "modalities", "release_date", "citation"]
)  # fmt: skip
_ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


@given(st.dictionaries(_FACT, _ANY))
def test_no_value_of_a_fact_costs_the_model_its_place(facts: dict[str, Any]) -> None:
    try:
        model = described(**facts)
    except AssertionError:
        assert "\\ud" in json.dumps(facts)  # half a character cannot be stored
    else:
        assert model.name == "lab/new"
