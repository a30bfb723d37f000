from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontrunner.web import text
from frontrunner.web.shades import STEPS, Scale
from frontrunner.web.views.rows import Column, ModelName, spaced


def test_scores_are_times_100_with_two_decimals() -> None:
    assert text.score(0.7123999) == "71.24"
    assert text.score(0.0) == "0.00"
    assert text.score(None) == text.MISSING


def test_zero_and_missing_look_different() -> None:
    assert text.score(0.0) != text.score(None)
    assert text.whole(0) == "0"


@pytest.mark.parametrize(
    ("billions", "shown"),
    [
        (0.033, "33M"),
        (1.0, "1B"),
        (7.567, "7.57B"),
        (235.0, "235B"),
        (1e-4, "100K"),
        (1.5e-4, "150K"),
        (0.9996, "1B"),
        (0.9994, "999M"),
        (9.996e-4, "1M"),
        (5e-7, "500"),
        (0.0015, "1.5M"),
        (0.0227, "22.7M"),
        (0.0, "0"),
        (1500.0, "1500B"),
    ],
)
def test_sizes(billions: float, shown: str) -> None:
    assert text.parameters(billions) == shown


@pytest.mark.parametrize(
    ("typed", "billions"),
    [("500M", 0.5), ("100k", 1e-4), ("7", 7.0), (" 7 B ", 7.0), ("1,5b", 1.5), ("2T", 2000.0),
     ("", None), ("x", None), ("-1", None), ("1e5", None), ("7BB", None)],
)  # fmt: skip
def test_sizes_are_read_with_their_units(typed: str, billions: float | None) -> None:
    assert text.billions(typed) == (None if billions is None else pytest.approx(billions))


@given(st.floats(1e-9, 5000))
def test_a_shown_size_is_read_back(billions: float) -> None:
    shown = text.parameters(billions)
    if shown[-1].isalpha():
        assert text.billions(shown) == pytest.approx(billions, rel=0.006)


@pytest.mark.parametrize(
    ("megabytes", "shown"), [(0.4, "410 KB"), (0.0, "0 MB"), (33.0, "33 MB"), (2048.0, "2.0 GB")]
)
def test_memory_has_a_unit_that_shows_it(megabytes: float, shown: str) -> None:
    assert text.memory(megabytes) == shown


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        " JavaScript:alert(1)",
        "data:text/html,x",
        "//host/x",
        "vbscript:x",
        "java\nscript:alert(1)",
        "http://[",
        "",
        None,
    ],
)
def test_only_http_addresses_become_links(address: str | None) -> None:
    assert text.safe_url(address) is None


def test_markdown_links_become_links_and_all_else_is_escaped() -> None:
    made = text.rich('<b>x</b> [P](https://e.org/?a="1) [bad](javascript:x) https://e.org.')
    assert "<b>" not in made
    assert "javascript:x" in made
    assert 'href="javascript' not in made
    assert made.count("<a ") == 2


@given(st.text())
def test_rich_text_has_no_tags_but_links(given_text: str) -> None:
    made = text.rich(given_text)
    assert made.count("<") == made.count("<a href=") * 2


def test_numbers_have_the_digits_that_say_something() -> None:
    assert text.number(191_467_021) == "191,467,021"
    assert text.number(1117.46) == "1,117.5"
    assert text.number(38.14672) == "38.15"
    assert text.number(0.000123) == "0.000123"
    assert text.number(float("inf")) == "inf"
    assert text.number(10**399).startswith("1,000")


def test_licences_that_are_addresses_are_named_by_what_tells_them_apart() -> None:
    hub = "https://huggingface.co"
    assert text.short_licence("https://e.org/open-model-license/") == "open-model-license"
    assert text.short_licence(f"{hub}/nvidia/PS3/blob/main/LICENSE.md") == "nvidia license"
    assert text.short_licence(f"{hub}/spaces/bigscience/license") == "bigscience license"
    assert text.short_licence(f"{hub}/moka-ai/m3e-base#%F0%9F%93%9C-license") == "moka-ai license"
    assert text.short_licence("https://ai.example/gemma/terms") == "gemma terms"
    assert text.short_licence("https://e.org/licence/") == "e.org licence"
    assert text.short_licence("https://e.org") == "e.org"
    assert text.short_licence("https://[e.org/terms/") == "terms"
    assert text.short_licence("not specified") == ""


@pytest.mark.parametrize(
    ("source", "address"),
    [
        ("mteb/sts17", "https://huggingface.co/datasets/mteb/sts17"),
        ("https://example.org/d", "https://example.org/d"),
        ("javascript:alert(1)", None),
        ("a/../b", None),
        ("a b/c", None),
        ("../x", None),
        ("", None),
        (None, None),
    ],
)
def test_datasets_are_linked_where_they_lie(source: str | None, address: str | None) -> None:
    assert text.dataset_url(source) == address


def test_shades_grow_and_missing_has_none() -> None:
    scale = Scale.of([0.1, None, 0.9])
    steps = [scale.step(value / 100) for value in range(10, 91)]
    assert steps == sorted(steps)
    assert (steps[0], steps[-1]) == (1, STEPS)
    assert scale.step(None) == 0
    assert Scale.of([0.5, 0.5]).step(0.5) == 0
    assert Scale.of([]).step(0.5) == 0


@pytest.mark.parametrize(
    ("label", "width"),
    [("STS", "w1"), ("Instruction reranking", "w3"), ("\u91cd\u6392\u5e8f", "w1"),
     ("\u8bed\u4e49\u76f8\u4f3c\u5ea6", "w2"), ("Pair classification", "w3")],
)  # fmt: skip
def test_columns_are_as_wide_as_their_longest_word(label: str, width: str) -> None:
    assert Column("type", label, label, "").width == width


def test_names_are_taken_apart() -> None:
    assert ModelName.of("a/b") == ModelName("a/b", "a/", "b")
    assert ModelName.of("b", {"k": 1}).variant == "k=1"
    assert spaced("Any2AnyRetrieval") == "Any2Any Retrieval"
    assert spaced("STS") == "STS"


def test_a_range_of_ranks_is_one_number_if_it_is_one() -> None:
    assert [text.span(2, 6), text.span(1, 1), text.span(None, None)] == ["2\u20136", "1", ""]


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(None, "\N{EN DASH}"), (0.314, "0.314 s"), (90, "90 s"), (600, "10 min"), (12_600, "3.5 h")],
)
def test_durations(seconds: float | None, shown: str) -> None:
    assert text.duration(seconds) == shown


@pytest.mark.parametrize("typed", ["x" * 5000, "word " * 900, "\n\t a\n b"])
def test_what_a_reader_typed_is_repeated_in_one_short_line(typed: str) -> None:
    said = text.quoted(typed)
    assert len(said) <= text.QUOTED
    assert "\n" not in said
    assert said.startswith(typed.split(maxsplit=1)[0][:70])


def test_what_was_typed_cannot_turn_the_sentence_around_it_or_break_the_page() -> None:
    assert text.quoted("a\0b\x1b[2J \u202ecba\u2066") == "a\N{REPLACEMENT CHARACTER}b" + (
        "\N{REPLACEMENT CHARACTER}[2J \N{REPLACEMENT CHARACTER}cba\N{REPLACEMENT CHARACTER}"
    )
    family = "\N{WOMAN}\N{ZERO WIDTH JOINER}\N{GIRL}"
    assert text.quoted(family) == family
