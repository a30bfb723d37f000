"""Rows are matched on evidence that names the model, and never because they look alike."""

from __future__ import annotations

from pathlib import Path

import pytest

from frontrunner.base.errors import LegacyError
from frontrunner.checks.parity.matching import Alias, How, Matcher, hub_name, load_aliases
from frontrunner.legacy.files.markup import Anchor
from tests.factories import catalog

HUB = "https://huggingface.co/"
KNOWN = catalog(models=["org/base", "org/base-v2", "new/renamed", "vendor/api-3"])
META = {"model_meta": {"vendor__api-3": {"link": "https://vendor.example/docs"}}}
ALIAS = Alias(
    names=("old-{}", "renamed"), links=(HUB + "old/{name}",), model="new/{name}",
    formerly="old/{name}", reason="The organisation was renamed.",
)  # fmt: skip
MATCHER = Matcher(KNOWN, META, [ALIAS])


@pytest.mark.parametrize(
    ("name", "link", "model", "how"),
    [
        ("base", HUB + "org/base", "org/base", How.LINK),
        ("Base", HUB + "Org/Base/", "org/base", How.LINK),
        ("org/base", HUB + "org/base", "org/base", How.LINK),
        ("base-v2", HUB + "org/base-v2", "org/base-v2", How.LINK),
        ("base-instruct", HUB + "org/base", None, How.VARIANT),
        ("base-256", HUB + "org/base", None, How.VARIANT),
        ("base", HUB + "copycat/base", None, How.LOOK_ALIKE),
        ("base-Q4_K_M-GGUF", HUB + "someone/base-Q4_K_M-GGUF", None, How.REPACKAGED),
        ("unknown", HUB + "who/unknown", None, How.UNREGISTERED),
        ("api-3", "https://vendor.example/docs", "vendor/api-3", How.MODEL_LIST),
        ("api-2", "https://vendor.example/docs", None, How.UNREGISTERED),
        ("renamed", HUB + "old/renamed", "new/renamed", How.ALIAS),
        ("org/base", None, "org/base", How.LINK),
        ("base", None, None, How.LOOK_ALIKE),
    ],
)
def test_matching(name: str, link: str | None, model: str | None, how: How) -> None:
    found = MATCHER.match(Anchor(name, link))
    assert (found.model, found.how) == (model, how)
    assert found.reason


def test_an_alias_remembers_the_name_before() -> None:
    assert MATCHER.match(Anchor("renamed", HUB + "old/renamed")).formerly == "old/renamed"


def test_aliases_that_contradict_are_an_error() -> None:
    other = Alias(names=("renamed",), links=(HUB + "old/renamed",), model="org/base", reason="?")
    with pytest.raises(LegacyError, match="contradict"):
        Matcher(KNOWN, {}, [ALIAS, other])


def test_a_teams_own_aliases_join_ours(tmp_path: Path) -> None:
    path = tmp_path / "more.toml"
    path.write_text('[[alias]]\nnames = ["x"]\nlinks = ["l"]\nmodel = "org/base"\nreason = "r"\n')
    assert len(load_aliases(path)) == len(load_aliases()) + 1
    path.write_text("[[alias]]\nnames = 3\n")
    with pytest.raises(LegacyError, match="cannot be read"):
        load_aliases(path)


def test_links_that_name_no_model() -> None:
    assert hub_name("https://huggingface.co/org/m?x=1") is None
    assert hub_name("https://hf.co/org/m") == "org/m"
    assert hub_name(None) is None
