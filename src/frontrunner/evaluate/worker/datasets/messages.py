"""Bitext mining from Django's own message catalogs (BSD-3-Clause): eleven languages and English."""

from __future__ import annotations

import gettext
import re
from collections.abc import Mapping
from pathlib import Path

from frontrunner.evaluate.worker.datasets.kinds import Built

LANGUAGES = {
    "ara-eng": "ar",
    "deu-eng": "de",
    "fin-eng": "fi",
    "fra-eng": "fr",
    "ita-eng": "it",
    "jpn-eng": "ja",
    "pol-eng": "pl",
    "rus-eng": "ru",
    "spa-eng": "es",
    "tur-eng": "tr",
    "zho-eng": "zh_Hans",
}
"""The task's subsets and the names of Django's locale folders."""

_PLACEHOLDER = re.compile(r"%\(\w+\)[sdi]|%[sd]|\{\w*\}|</?\w+[^>]*>")
_SHORTEST, _LONGEST = 25, 300


def messages_bitext(root: Path, languages: Mapping[str, str] = LANGUAGES) -> Built:
    """Messages that every language has, aligned: so all subsets ask for the same English texts.

    Placeholders are blanked in both texts: they would give the answer away.
    """
    catalogs = {subset: _catalog(root, locale) for subset, locale in languages.items()}
    shared = sorted(set.intersection(*(set(c) for c in catalogs.values())))
    return {
        subset: {
            "test": {"sentence1": [catalog[m] for m in shared], "sentence2": list(shared)},
        }
        for subset, catalog in catalogs.items()
    }


def _catalog(root: Path, locale: str) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for path in sorted(root.rglob(f"locale/{locale}/LC_MESSAGES/django.mo")):
        for english, translated in _read(path).items():
            pairs.setdefault(english, translated)
    return pairs


def _read(path: Path) -> dict[str, str]:
    with path.open("rb") as file:
        catalog = vars(gettext.GNUTranslations(file))["_catalog"]
    pairs = ((_blank(k), _blank(v)) for k, v in catalog.items() if isinstance(k, str))
    return {k: v for k, v in pairs if _SHORTEST <= len(k) <= _LONGEST and v and v != k}


def _blank(text: str) -> str:
    return " ".join(_PLACEHOLDER.sub("…", text).split())
