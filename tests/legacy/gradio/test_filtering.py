"""The old board's filters over the tables that a program sends."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontrunner.base.errors import LegacyError
from frontrunner.legacy.files.markup import anchor
from frontrunner.legacy.gradio.filtering import (
    SIZE_RANGES,
    Filters,
    Frame,
    FrameValue,
    filter_frames,
)
from frontrunner.legacy.gradio.model_types import (
    BI_ENCODERS,
    CROSS_ENCODERS,
    INSTRUCTIONS,
    MODEL_TYPES,
    NO_INSTRUCTIONS,
    OPEN,
    PROPRIETARY,
    SENTENCE_TRANSFORMERS,
    NamedTypes,
)

ALL_SIZES = tuple(SIZE_RANGES)
KNOWN = {
    "closed": NamedTypes({}, (PROPRIETARY, BI_ENCODERS, NO_INSTRUCTIONS)),
    "st": NamedTypes({}, (OPEN, SENTENCE_TRANSFORMERS, BI_ENCODERS, INSTRUCTIONS)),
    "cross": NamedTypes({}, (OPEN, CROSS_ENCODERS, NO_INSTRUCTIONS)),
    "bm25": NamedTypes({}, (OPEN, NO_INSTRUCTIONS)),
}


def frame(*rows: tuple[str, FrameValue]) -> Frame:
    data: list[list[FrameValue]] = [
        [n, anchor(name, "https://x"), size, 1.5] for n, (name, size) in enumerate(rows, 1)
    ]
    return Frame(["Rank", "Model", "Model Size (Million Parameters)", "T1"], data)


EVERY = frame(("closed", ""), ("st", 110), ("cross", 335), ("bm25", ""), ("new", 100))


def kept(
    search: str = "",
    types: tuple[str, ...] = MODEL_TYPES,
    sizes: tuple[str, ...] = ALL_SIZES,
    table: Frame = EVERY,
) -> list[Any]:
    """The ranks of the rows that are left; they are those of the whole table."""
    [left] = filter_frames(Filters(search, types, sizes), [table], KNOWN)
    assert left.headers == table.headers
    return [row[0] for row in left.data if row]


@pytest.mark.parametrize(
    ("search", "ranks"),
    [
        ("ST", [2]),
        ("closed;new", [1, 5]),
        ("^c", [1, 3]),
        ("new;", [1, 2, 3, 4, 5]),  # nothing is in every name
        ("x", []),  # the link is not searched
    ],
)
def test_search_is_an_expression_on_the_printed_name(search: str, ranks: list[int]) -> None:
    assert kept(search) == ranks


@pytest.mark.parametrize(
    ("types", "ranks"),
    [
        (("Open",), [2, 3, 4, 5]),
        (("Proprietary",), [1]),
        (("Sentence Transformers",), [2]),
        (("Cross-Encoders",), [3]),
        (("Bi-Encoders",), [1, 2]),
        (("Uses Instructions", "Proprietary"), [1, 2]),
        (("No Instructions",), [1, 3, 4]),
        ((), []),
        (("Never",), []),
        (("Never", "Proprietary"), [1]),
        (("open",), []),
        ((*MODEL_TYPES, "Never"), [1, 2, 3, 4, 5]),
    ],
)
def test_types_are_joined_by_or(types: tuple[str, ...], ranks: list[int]) -> None:
    assert kept(types=types) == ranks


@pytest.mark.parametrize(
    ("sizes", "ranks"),
    [(("<100M",), [5]), (("100M to 250M", "250M to 500M"), [2, 3]), ((">1B",), []), ((), [])],
)
def test_without_a_size_models_of_unknown_size_go(sizes: tuple[str, ...], ranks: list[int]) -> None:
    assert kept(sizes=sizes) == ranks


def test_an_empty_table_holds_one_empty_row_and_may_be_sent_again() -> None:
    [empty] = filter_frames(Filters("nothing", MODEL_TYPES, ALL_SIZES), [EVERY], KNOWN)
    assert empty.data == [[]]
    assert kept("st", table=empty) == []


@pytest.mark.parametrize(
    ("filters", "table", "reason"),
    [
        (Filters("bge(", MODEL_TYPES, ALL_SIZES), EVERY, "not a regular expression that RE2"),
        (Filters("a" * 2000, MODEL_TYPES, ALL_SIZES), EVERY, "longer than"),
        (Filters("", MODEL_TYPES, ("Huge",)), EVERY, "Unknown model size 'Huge'"),
        (Filters("a", MODEL_TYPES, ALL_SIZES), Frame(["Rank"], [[1]]), "no column 'Model'"),
        (
            Filters("a", MODEL_TYPES, ALL_SIZES),
            Frame(EVERY.headers, [[1, "a"]]),
            "too short",
        ),
    ],
)
def test_what_cannot_be_filtered_says_why(filters: Filters, table: Frame, reason: str) -> None:
    with pytest.raises(LegacyError, match=reason):
        filter_frames(filters, [table], KNOWN)


def test_tables_without_an_end_are_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("frontrunner.legacy.gradio.filtering._SECONDS", -1.0)
    with pytest.raises(LegacyError, match="too large"):
        kept("a")


def test_a_name_of_megabytes_is_not_read_to_its_end() -> None:
    [left] = filter_frames(
        Filters("b", MODEL_TYPES, ALL_SIZES), [frame(("<a" * 5_000_000 + "b", 1))], KNOWN
    )
    assert left.data == [[]]


@given(
    st.lists(
        st.tuples(st.sampled_from([*KNOWN, "new", "other"]), st.sampled_from(["", 0, 99, 500]))
    ),
    st.sets(st.sampled_from(MODEL_TYPES)),
    st.sets(st.sampled_from(ALL_SIZES)),
    st.sampled_from(["", "o", "n;c", "^.$"]),
)
def test_filtering_keeps_rows_as_they_are_and_twice_is_once(
    rows: list[tuple[str, FrameValue]], types: set[str], sizes: set[str], search: str
) -> None:
    table = frame(*rows)
    filters = Filters(search, tuple(types), tuple(sizes))
    [once] = filter_frames(filters, [table], KNOWN)
    remaining = iter(table.data)
    assert once.data == [[]] or all(row in remaining for row in once.data)  # in their order
    assert filter_frames(filters, [once], KNOWN) == [once]
