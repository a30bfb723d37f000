"""docs/events.md is what the docstrings say."""

from __future__ import annotations

from pathlib import Path

from frontrunner.ops import events
from frontrunner.ops.reference import field_docs, reference

DOCS = Path(__file__).parents[2] / "docs"


def test_the_page_is_up_to_date() -> None:
    command = "run: python -m frontrunner.ops.reference > docs/events.md"
    assert (DOCS / "events.md").read_text(encoding="utf-8") == reference(), command


def test_every_event_and_field_is_described() -> None:
    for kind in events.KINDS:
        described = dict(field_docs(kind))
        assert kind.__doc__
        assert set(described) == set(kind.__struct_fields__) - {"at"}
        assert all(described.values())
