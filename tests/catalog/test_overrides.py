"""`[[override]]`: facts of the registry, corrected with a reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from frontrunner.base.errors import CatalogError
from frontrunner.catalog import Model
from frontrunner.catalog.own import add_own
from tests.catalog.test_own import write
from tests.factories import catalog

BASE = catalog(
    models=[
        Model(
            name="BAAI/bge-m3",
            parameters=1,
            max_tokens=512.0,
            license="proprietary",
            openness={"open license": False, "paper": True},
            seen_tasks=("T1",),
            training_datasets=("T1",),
        )
    ]
)
START = '[[override]]\nname = "BAAI/bge-m3"\nreason = "typo"\n'


def corrected(folder: Path, text: str) -> Model:
    return add_own(BASE, write(folder, START + text)).model_by_name["BAAI/bge-m3"]


def test_a_fact_is_corrected_and_both_values_are_kept_with_the_reason(tmp_path: Path) -> None:
    model = corrected(tmp_path, "max_tokens = 8192")
    assert model.max_tokens == 8192
    [one] = model.corrections
    assert (one.fact, one.was, one.now, one.reason) == ("max_tokens", "512", "8,192", "typo")
    assert (model.parameters, model.license) == (1, "proprietary")


def test_what_was_not_known(tmp_path: Path) -> None:
    model = corrected(tmp_path, "release_date = 2024-02-01\nembedding_dim = 1024")
    assert (model.release_date, model.embedding_dim) == ("2024-02-01", 1024)
    assert {one.fact: one.was for one in model.corrections} == {
        "release_date": None, "embedding_dim": None,
    }  # fmt: skip


def test_a_licence_decides_its_facet_of_openness_and_no_other(tmp_path: Path) -> None:
    model = corrected(tmp_path, 'license = "mit"')
    assert model.openness == {"open license": True, "paper": True}


def test_training_data_decide_what_was_seen(tmp_path: Path) -> None:
    model = corrected(tmp_path, 'training_datasets = ["T2", "T1"]')
    assert model.seen_tasks == model.training_datasets == ("T1", "T2")
    assert [one.fact for one in model.corrections] == ["training_datasets"]
    assert corrected(tmp_path, "training_datasets = []").seen_tasks == ()


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        (START, 1, "it overrides nothing"),
        (START.replace('reason = "typo"\n', "max_tokens = 1"), 1, "field `reason`"),
        (START.replace('"typo"', '""') + "max_tokens = 1", 3, "reason"),
        (START.replace("bge-m3", "bge-m4") + "max_tokens = 1", 2, "did you mean 'BAAI/bge-m3'?"),
        (START + "max_tokens = -1", 4, "max_tokens"),
        (START + "max_token = 1", 4, "unknown field `max_token`"),
        (START + 'type = "Dense"', 4, "did you mean 'dense'?"),
        (START + 'frameworks = ["pytorch"]', 4, "did you mean 'PyTorch'?"),
        (START + 'superseded_by = "BAAI/bge-m3"', 4, "is superseded by itself"),
        ((START + "max_tokens = 1\n") * 2, 2, "is in this file already"),
    ],
)
def test_mistakes_name_file_line_and_key(tmp_path: Path, text: str, line: int, says: str) -> None:
    with pytest.raises(CatalogError) as caught:
        add_own(BASE, write(tmp_path, text))
    assert f"catalog.toml, line {line}, key" in str(caught.value)
    assert says in str(caught.value)


def test_a_model_of_the_registry_is_not_described_twice_and_the_error_says_how(
    tmp_path: Path,
) -> None:
    with pytest.raises(CatalogError, match=r"already; to correct .*, use \[\[override\]\]"):
        add_own(BASE, write(tmp_path, '[[model]]\nname = "BAAI/bge-m3"\nmax_tokens = 8192'))
