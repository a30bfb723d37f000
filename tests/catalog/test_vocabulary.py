"""Misspelled words are told from new ones."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest

from frontrunner.base.errors import CatalogError
from frontrunner.catalog.own import own_alone
from frontrunner.catalog.vocabulary import Vocabulary
from tests.factories import catalog, task

WORDS = Vocabulary.of(catalog(tasks=[task("X", type="HouseType")]))


@pytest.mark.parametrize(
    ("kind", "key", "word", "meant"),
    [
        ("task", "type", "classification", "Classification"),
        ("task", "type", "CLASSIFICATION", "Classification"),
        ("task", "type", "Classificaton", "Classification"),
        ("task", "type", "pair-classification", "PairClassification"),
        ("task", "type", "Bitext Mining", "BitextMining"),
        ("task", "type", "sts", "STS"),
        ("task", "type", "retreival", "Retrieval"),
        ("task", "type", "house_type", "HouseType"),
        ("task", "modalities", "Text", "text"),
        ("task", "domains", "legal", "Legal"),
        ("model", "type", "Late Interaction", "late-interaction"),
        ("model", "frameworks", "sentence-transformers", "Sentence Transformers"),
        ("override", "frameworks", "pytorch", "PyTorch"),
        ("task", "type", "Classification", None),
        ("task", "type", "TextClassification", None),
        ("task", "type", "HouseType", None),
        ("task", "type", "XYZ", None),
        ("task", "domains", "Support", None),
        ("model", "frameworks", "JAX", None),
    ],
)
def test_meant(kind: str, key: str, word: str, meant: str | None) -> None:
    assert WORDS.meant(kind, key, word) == meant


def test_a_type_in_small_letters_makes_no_second_type(tmp_path: Path) -> None:
    path = tmp_path / "catalog.toml"
    path.write_text(
        '[[task]]\nname = "Mine"\ntype = "classification"\nmain_score = "accuracy"\n'
        'languages = ["eng-Latn"]\n'
    )
    with pytest.raises(CatalogError, match=r"line 3, key task\[0\]\.type.*'Classification'\?"):
        own_alone(path)


@pytest.mark.skipif(find_spec("mteb") is None, reason="mteb-core is an extra")
def test_every_word_of_the_registry_is_known(tmp_path: Path) -> None:
    from frontrunner.catalog.store import load_catalog

    registry, _ = load_catalog(tmp_path)
    words = Vocabulary.of(catalog())
    for one in registry.tasks:
        assert words.meant("task", "type", one.type) is None
        assert {words.meant("task", "domains", word) for word in one.domains or ()} <= {None}
        assert {words.meant("task", "modalities", word) for word in one.modalities} <= {None}
    for model in registry.models:
        assert {words.meant("model", "type", word) for word in model.types} <= {None}
        assert {words.meant("model", "frameworks", word) for word in model.frameworks} <= {None}
