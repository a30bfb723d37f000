"""A large catalog is read like any other, with every text once."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from frontrunner.catalog import Model
from frontrunner.catalog import stored as reading
from frontrunner.catalog.stored import stored_catalog
from tests.factories import catalog

MODELS = (
    Model(name="org/a", seen_tasks=("T1", "T2"), languages=("eng-Latn",), parameters=7),
    Model(name="org/b", seen_tasks=("T1", "T2"), training_datasets=("T1",), types=("sparse",)),
    Model(name="org/c", seen_tasks=None, training_datasets=()),
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "catalog.json"
    file.write_bytes(msgspec.json.encode(catalog(models=MODELS)))
    return file


def test_a_large_catalog_is_the_same_with_every_text_once(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = stored_catalog(path)
    monkeypatch.setattr(reading, "_LARGE", 0)
    pooled = stored_catalog(path)
    assert pooled == plain == catalog(models=MODELS)
    assert type(pooled) is type(plain)
    assert msgspec.json.encode(pooled) == msgspec.json.encode(plain)
    first, second, third = pooled.models
    assert first.seen_tasks is second.seen_tasks
    assert second.training_datasets is not None
    assert second.training_datasets[0] is (first.seen_tasks or ())[0]
    assert (third.seen_tasks, third.training_datasets) == (None, ())
    assert plain.models[0].seen_tasks is not plain.models[1].seen_tasks
    assert pooled.model_by_name["org/a"].parameters == 7


@pytest.mark.parametrize("large", [0, 1 << 40])
@pytest.mark.parametrize("content", [b"{", b'{"models": [[]]}', b"\xff", b'{"a":' + b"[" * 100_000])
def test_what_is_no_catalog_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, large: int, content: bytes
) -> None:
    monkeypatch.setattr(reading, "_LARGE", large)
    (tmp_path / "catalog.json").write_bytes(content)
    with pytest.raises(ValueError):  # noqa: PT011 -- of several kinds
        stored_catalog(tmp_path / "catalog.json")
