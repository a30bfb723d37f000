"""Three tasks and one background text from WordNet 3.1 (Princeton), as nlptoolkit-wordnet ships it.

Half of the synsets, chosen by a hash of their name, are for the tasks; the other half is the
background that the LSA baseline is fitted on: it has never seen a text that it is asked about.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from frontrunner.evaluate.worker.datasets.kinds import Built, pick

ANCHORS = {
    "animal": "ENG31-00015568-n",
    "body part": "ENG31-05227735-n",
    "building": "ENG31-02916498-n",
    "chemical compound": "ENG31-14842408-n",
    "clothing": "ENG31-03055525-n",
    "container": "ENG31-03099154-n",
    "disease": "ENG31-14093842-n",
    "drug": "ENG31-03252323-n",
    "fabric": "ENG31-03314753-n",
    "food": "ENG31-07571428-n",
    "furniture": "ENG31-03410635-n",
    "geological formation": "ENG31-09310874-n",
    "legal document": "ENG31-06491336-n",
    "occupation": "ENG31-00583425-n",
    "person": "ENG31-00007846-n",
    "plant": "ENG31-00017402-n",
    "time period": "ENG31-15137796-n",
    "tool": "ENG31-04459089-n",
    "vehicle": "ENG31-04531608-n",
    "weapon": "ENG31-04572661-n",
}
"""The classes of the classification task: a label and the synset whose hyponyms it covers."""

_MIN_GLOSS = 25
_WORD = re.compile(r"[^\W\d_]{3,}")
_DOMAIN_NOTE = re.compile(r"^(\([^)]*\)\s*)+")


@dataclass(frozen=True)
class Synset:
    """One meaning: the words for it, what it means, and the wider meanings above it."""

    words: tuple[str, ...]
    gloss: str
    parents: tuple[str, ...]


Synsets = Mapping[str, Synset]


def read_synsets(path: Path) -> dict[str, Synset]:
    """Read every synset of a WordNet XML file, by its name."""
    found = {}
    for _, element in ElementTree.iterparse(path):  # noqa: S314 - a package pinned by its hash
        if element.tag == "SYNSET":
            found[element.findtext("ID", "")] = _synset(element)
            element.clear()
    return found


def _synset(element: ElementTree.Element) -> Synset:
    relations = [(r.findtext("TYPE"), r.text or "") for r in element.findall("SR")]
    return Synset(
        words=tuple(w.text or "" for w in element.iter("LITERAL")),
        gloss=_DOMAIN_NOTE.sub("", element.findtext("DEF", "")).strip(),
        parents=tuple(to for kind, to in relations if kind == "HYPERNYM"),
    )


def for_tasks(name: str) -> bool:
    """Tell whether a synset may be in a task; the others are the background."""
    return hashlib.sha256(name.encode()).digest()[0] % 2 == 0


def background(synsets: Synsets) -> list[str]:
    """The glosses that no task uses, in the order of their synsets' names."""
    return [synsets[name].gloss for name in sorted(synsets) if not for_tasks(name)]


# --- Classification: which of twenty kinds of thing does this gloss define? ---------------------


def sense_classification(synsets: Synsets, per_train: int = 16, per_test: int = 50) -> Built:
    """Glosses of nouns, labelled with the anchor above them; the anchor's own words are absent."""
    train: dict[str, list[object]] = {"text": [], "label": []}
    test: dict[str, list[object]] = {"text": [], "label": []}
    for label, glosses in enumerate(_glosses_by_anchor(synsets).values()):
        chosen = pick(glosses, per_train + per_test, f"sense-classification-{label}")
        for split, texts in ((test, chosen[:per_test]), (train, chosen[per_test:])):
            split["text"] += texts
            split["label"] += [label] * len(texts)
    return {"default": {"train": train, "test": test}}


def _glosses_by_anchor(synsets: Synsets) -> dict[str, set[str]]:
    members = {label: _below(synsets, root) for label, root in ANCHORS.items() if root in synsets}
    times: dict[str, int] = defaultdict(int)
    for names in members.values():
        for name in names:
            times[name] += 1
    return {
        label: {
            synsets[n].gloss
            for n in names
            if times[n] == 1 and _usable(n, synsets[n]) and not _mentions(synsets[n].gloss, [label])
        }
        for label, names in members.items()
    }


def _below(synsets: Synsets, root: str) -> set[str]:
    children = _children(synsets)
    seen: set[str] = set()
    waiting = [root]
    while waiting:
        fresh = set(children.get(waiting.pop(), ())) - seen
        seen |= fresh
        waiting += fresh
    return seen


def _children(synsets: Synsets) -> dict[str, list[str]]:
    children: dict[str, list[str]] = defaultdict(list)
    for name in sorted(synsets):
        for parent in synsets[name].parents:
            children[parent].append(name)
    return children


def _usable(name: str, synset: Synset) -> bool:
    return name.endswith("-n") and for_tasks(name) and len(synset.gloss) >= _MIN_GLOSS


def _mentions(text: str, phrases: Iterable[str]) -> bool:
    said = {word.rstrip("s") for word in _WORD.findall(text.lower())}
    return any(w.rstrip("s") in said for phrase in phrases for w in _WORD.findall(phrase.lower()))


# --- Reranking: which of these related words has this meaning? ----------------------------------


def sense_reranking(synsets: Synsets, queries: int = 400, candidates: int = 10) -> Built:
    """A gloss asks; the word for it and words for its sister meanings are to be ordered."""
    sisters = {n: _sister_words(synsets, n, names) for n, names in _sister_names(synsets).items()}
    able = [n for n, words in sisters.items() if len(words) >= candidates - 1]
    asked = pick(able, queries, "sense-reranking")
    words = {n: [synsets[n].words[0], *pick(sisters[n], candidates - 1, n)] for n in asked}
    corpus = {w: w for n in asked for w in sorted(words[n])}
    content = {
        "queries": {n: synsets[n].gloss for n in asked},
        "corpus": corpus,
        "relevant": {n: {words[n][0]: 1} for n in asked},
        "candidates": {n: sorted(words[n]) for n in asked},
    }
    return {"default": {"test": content}}


def _sister_names(synsets: Synsets) -> dict[str, list[str]]:
    children = _children(synsets)
    return {
        name: [s for parent in synset.parents for s in children[parent] if s != name]
        for name, synset in synsets.items()
        if _usable(name, synset) and not _mentions(synset.gloss, synset.words)
    }


def _sister_words(synsets: Synsets, name: str, sisters: Iterable[str]) -> set[str]:
    own = {word.lower() for word in synsets[name].words}
    firsts = {synsets[s].words[0] for s in sisters}
    return {word for word in firsts if word.lower() not in own}


# --- PairClassification: is the second gloss a wider meaning of the first? ----------------------


def hypernym_pairs(synsets: Synsets, count: int = 600) -> Built:
    """Half of the pairs are a gloss and its parent's; half are a gloss and an aunt's.

    An aunt is another child of the grandparent, so both answers lie in the same corner of WordNet.
    """
    children = _children(synsets)
    able = {n: a for n in synsets if (a := _aunts(synsets, children, n))}
    columns: dict[str, list[object]] = {"sentence1": [], "sentence2": [], "labels": []}
    for place, name in enumerate(pick(able, count, "hypernym-pairs")):
        positive = place % 2 == 0
        other = synsets[name].parents[0] if positive else pick(able[name], 1, name)[0]
        columns["sentence1"].append(synsets[name].gloss)
        columns["sentence2"].append(synsets[other].gloss)
        columns["labels"].append(int(positive))
    return {"default": {"test": columns}}


def _aunts(synsets: Synsets, children: Mapping[str, list[str]], name: str) -> list[str]:
    if not _usable(name, synsets[name]) or len(synsets[name].parents) != 1:
        return []
    parent = synsets[name].parents[0]
    return [
        aunt
        for grandparent in synsets[parent].parents
        for aunt in children[grandparent]
        if aunt != parent and len(synsets[aunt].gloss) >= _MIN_GLOSS and children.get(aunt)
    ]
