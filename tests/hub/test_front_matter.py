"""The fields above a README are read and written without losing any."""

from __future__ import annotations

import pytest

from frontrunner.hub.front_matter import below_front_matter, read_front_matter, with_front_matter


def test_fields_and_text_survive_a_round_trip() -> None:
    fields = {"title": "Böard: a", "emoji": "🥇", "tags": ["a", "b"], "pinned": True}
    readme = with_front_matter(fields, "# Text\n---\nnot a field: 1\n")
    assert list(read_front_matter(readme).items()) == list(fields.items())
    assert below_front_matter(readme) == "# Text\n---\nnot a field: 1\n"


@pytest.mark.parametrize(
    ("readme", "expected"),
    [
        ("", {}),
        ("# No fields\n", {}),
        ("---\n---\ntext", {}),
        ("---\r\nsdk: docker\r\n---\r\ntext", {"sdk": "docker"}),
        ("\ufeff---\nsdk: docker\n---\n", {"sdk": "docker"}),
        ("---\nsdk: docker\n---", {"sdk": "docker"}),
        ("text\n---\nsdk: docker\n---\n", {}),
    ],
)
def test_where_fields_begin_and_end(readme: str, expected: dict[str, str]) -> None:
    assert read_front_matter(readme) == expected


@pytest.mark.parametrize("readme", ["---\na: [\n---\n", "---\n- a\n---\n"])
def test_what_is_not_a_mapping_is_an_error(readme: str) -> None:
    with pytest.raises(ValueError, match="front matter"):
        read_front_matter(readme)


@pytest.mark.parametrize("value", ["!!bool x", "[" * 3000, "!!timestamp x", "!!int _"])
def test_values_that_yaml_cannot_read_are_an_error_that_says_so(value: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 -- the text is the reader's
        read_front_matter(f"---\ntitle: {value}\n---\n")
