"""The front matter keeps what the Hub shows of a board, and lists models and data sets."""

from __future__ import annotations

import pytest

from frontrunner.hub.front_matter import below_front_matter, read_front_matter
from frontrunner.hub.space_card import Listed, is_repository_id, readme_of, repository_ids
from tests.hub.made_hub import README

LISTED = Listed(("org/model-b",), ("mteb/sts",))


def test_what_the_hub_shows_of_the_old_board_stays() -> None:
    fields = read_front_matter(readme_of(README, LISTED, "Ours"))
    old = read_front_matter(README)
    kept = ("title", "emoji", "colorFrom", "colorTo", "pinned", "license", "tags")
    assert {key: fields[key] for key in kept} == {key: old[key] for key in kept}
    assert (fields["sdk"], fields["app_port"]) == ("docker", 7860)
    assert not {"sdk_version", "app_file"} & set(fields)


def test_models_and_data_sets_of_the_board_are_listed_beside_those_of_the_old_one() -> None:
    fields = read_front_matter(readme_of(README, LISTED, "Ours"))
    assert fields["models"] == ["org/model-b", "org/model-a"]
    assert fields["datasets"] == ["mteb/sts", "board/results"]


def test_a_new_space_has_all_that_the_hub_asks_for() -> None:
    text = readme_of("", LISTED, "Ours")
    assert read_front_matter(text)["title"] == "Ours"
    assert below_front_matter(text).startswith("\n# Ours\n")


def test_a_card_that_is_not_yaml_is_an_error() -> None:
    with pytest.raises(ValueError, match="not YAML"):
        readme_of("---\n{\n---\n", LISTED, "Ours")


@pytest.mark.parametrize(
    "name", ["a", "a/b/c", "/b", "a/", "a/b--c", "a/..", "-a/b", "a/b c", None]
)
def test_names_that_the_hub_refuses_are_not_listed(name: str | None) -> None:
    assert not is_repository_id(name)
    assert repository_ids([name, "z/z", "a/b", "a/b"]) == ("a/b", "z/z")


def test_a_title_is_one_line_and_references_do_not_make_it_endless() -> None:
    lines = ["z0: &z0 [x, x]", *(f"z{n}: &z{n} [{f'*z{n - 1}, ' * 9}]" for n in range(1, 30))]
    bomb = "\n".join(["---", *lines, "title: *z29", "---", ""])
    assert "\n# Mine\n" in readme_of(bomb, Listed(), "Mine")
    two = readme_of('---\ntitle: "A\\n# B"\n---\n', Listed(), "Mine")
    assert "\n# A # B\n" in two
