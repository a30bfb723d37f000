"""A record on disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from frontrunner.base.errors import ContractError
from frontrunner.checks.contract.record import (
    Answer,
    Call,
    File,
    Link,
    Route,
    Value,
    read_record,
    write_record,
)
from frontrunner.checks.contract.shape import shape_of
from tests.checks.contract.made_up import record


def test_a_record_comes_back_as_it_was(tmp_path: Path) -> None:
    made = record(
        routes=(Route("/a", ("x",), ()),),
        answers=(Answer("/a", "/a", 200, "application/json", shape_of({"k": [1, None]})),),
        links=(Link("/"),),
        protocol="sse_v2",
        calls=(Call("/f", (Value("Json", "f", "object", optional=True, choices=("a",)),), ()),),
        files=(File("x", ("a",)),),
    )
    write_record(made, tmp_path / "record")
    assert read_record(tmp_path / "record") == made
    (tmp_path / "record/answers.json").write_text("[{}]")
    with pytest.raises(ContractError, match=r"answers\.json"):
        read_record(tmp_path / "record")


def test_a_record_may_be_written_again(tmp_path: Path) -> None:
    for path in ("/a", "/b"):
        write_record(record(links=(Link(path),)), tmp_path)
        assert read_record(tmp_path).links == (Link(path),)


def test_the_length_of_a_record_is_the_number_of_its_items() -> None:
    assert len(record()) == 0
    assert len(record(protocol="ws")) == 1
    assert len(record(links=(Link("/"), Link("/a")), files=(File("f"),), protocol="ws")) == 4


@pytest.mark.parametrize(
    "head", ["{}", "[" * 100_000, '{"format": 2, "source": "s", "recorded_at": "t"}', "\xff"]
)
def test_a_damaged_record_is_an_error(tmp_path: Path, head: str) -> None:
    write_record(record(links=(Link("/"),)), tmp_path)
    (tmp_path / "contract.json").write_text(head)
    with pytest.raises(ContractError, match="Record it again"):
        read_record(tmp_path)
