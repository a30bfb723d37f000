"""Find the successor's model for each row of the old board, and never merge look-alikes.

A row is matched only on evidence that names the model: its link together with its printed name,
the old board's model list, or a reviewed alias. A short name alone proves nothing, because
anybody can upload a copy under it. A link alone proves nothing either, because variants share the
link of their base model.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from enum import StrEnum
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from frontrunner.base.errors import LegacyError
from frontrunner.catalog import Catalog
from frontrunner.legacy.files.markup import Anchor


class How(StrEnum):
    """How a row was matched, or why it was not."""

    LINK = "link"
    MODEL_LIST = "model-list"
    ALIAS = "alias"
    VARIANT = "variant"
    LOOK_ALIKE = "look-alike"
    REPACKAGED = "repackaged"
    UNREGISTERED = "unregistered"


class RowMatch(NamedTuple):
    """What became of one model of the old board."""

    model: str | None
    """The successor's model; None if there is none."""
    how: How
    reason: str
    formerly: str | None = None
    """The name that the registry used before, if it renamed the model."""


class Alias(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A reviewed statement that old rows and a model of today are the same."""

    names: tuple[str, ...]
    links: tuple[str, ...]
    model: str
    reason: str
    formerly: str | None = None


class _AliasFile(msgspec.Struct, forbid_unknown_fields=True):
    alias: list[Alias] = []


_HUB = re.compile(r"^https?://(?:www\.)?(?:huggingface\.co|hf\.co)/([^/?#]+/[^/?#]+)/?$", re.I)
_PACKAGE = re.compile(
    r"(gguf|onnx|openvino|int8|qint8|quant(?:ized)?|sparse|mlx|ct2|neuron|vllm|tei|cpu|seqlen)"
    r"(?=$|[-_.\d])",
    re.I,
)


def load_aliases(more: Path | None = None) -> list[Alias]:
    """The reviewed aliases, and those of a team's own file; raises LegacyError if it is wrong."""
    texts = [files("frontrunner.checks.parity").joinpath("aliases.toml").read_bytes()]
    try:
        if more is not None:
            texts.append(more.read_bytes())
        return [one for text in texts for one in msgspec.toml.decode(text, type=_AliasFile).alias]
    except (OSError, ValueError) as error:
        raise LegacyError(f"The aliases in {more} cannot be read: {error}.") from error


def _plain(link: str) -> str:
    return link.rstrip("/").lower()


def _short(model: str) -> str:
    return model.rsplit("/", 1)[-1].lower()


def hub_name(link: str | None) -> str | None:
    """`org/name` of a link to the Hub; None for any other link."""
    found = _HUB.match(link or "")
    return found[1] if found else None


class Matcher:
    """Matches rows against one catalog."""

    def __init__(
        self, catalog: Catalog, model_meta: Mapping[str, Any], aliases: Iterable[Alias]
    ) -> None:
        self._by_name = {model.name.lower(): model.name for model in catalog.models}
        self._by_short: dict[str, list[str]] = defaultdict(list)
        for model in catalog.models:
            self._by_short[_short(model.name)].append(model.name)
        self._listed = _listed(model_meta)
        self._aliases: dict[tuple[str, str], tuple[str, Alias]] = {}
        for alias in aliases:
            self._add(alias)

    def _add(self, alias: Alias) -> None:
        for name in alias.names:
            model = alias.model.format(name=name)
            for link in alias.links:
                key = _plain(link.format(name=name)), name.lower()
                known = self._aliases.setdefault(key, (model, alias))
                if known[0] != model:
                    raise LegacyError(
                        f"Two aliases contradict each other: {name} is {known[0]} and {model}. "
                        "Remove one of them."
                    )

    def match(self, row: Anchor) -> RowMatch:
        """The successor's model for a row, or the reason why there is none."""
        aliased = self._aliases.get((_plain(row.link or ""), row.name.lower()))
        if aliased and aliased[0].lower() in self._by_name:
            model, alias = aliased
            formerly = alias.formerly.format(name=row.name) if alias.formerly else None
            return RowMatch(self._by_name[model.lower()], How.ALIAS, alias.reason, formerly)
        linked = hub_name(row.link) or (row.name if row.link is None else None)
        if linked is None:
            return self._by_list(row)
        return self._by_link(row, linked)

    def _by_link(self, row: Anchor, linked: str) -> RowMatch:
        model = self._by_name.get(linked.lower())
        if model is None:
            return self._unknown(row, f"{linked} is not in the registry")
        if row.name.lower() in (_short(model), model.lower()):
            return RowMatch(model, How.LINK, f"the link and the name are those of {model}")
        reason = f"{row.name} shares the link of {model}, but its name says that it is a variant"
        return RowMatch(None, How.VARIANT, reason)

    def _by_list(self, row: Anchor) -> RowMatch:
        listed = self._listed.get((_plain(row.link or ""), row.name.lower()))
        model = self._by_name.get(listed.lower()) if listed else None
        if model:
            return RowMatch(model, How.MODEL_LIST, f"the old board's model list calls it {listed}")
        return self._unknown(row, f"the registry has no model for {row.name}")

    def _unknown(self, row: Anchor, why: str) -> RowMatch:
        alike = [one for one in self._by_short.get(_short(row.name), []) if one != row.name]
        if _PACKAGE.search(row.name):
            reason = f"{why}: a conversion of another model's weights, which is not registered"
            return RowMatch(None, How.REPACKAGED, reason)
        if alike:
            return RowMatch(None, How.LOOK_ALIKE, f"{why}; {alike[0]} only carries the same name")
        return RowMatch(None, How.UNREGISTERED, f"{why}, so the new board does not show it")


def _listed(model_meta: Mapping[str, Any]) -> dict[tuple[str, str], str]:
    """Link and printed name -> `org/name`, as the old board's model list has it."""
    found = {}
    listed = model_meta.get("model_meta")
    for key, facts in listed.items() if isinstance(listed, dict) else ():
        org, _, name = str(key).partition("__")
        if name and isinstance(facts, dict) and isinstance(facts.get("link"), str):
            found[_plain(facts["link"]), name.lower()] = f"{org}/{name}"
    return found
