"""Two tasks from what people said about words: WordSim-353 (gensim) and VADER's lexicon (MIT)."""

from __future__ import annotations

from collections.abc import Iterable

from frontrunner.evaluate.worker.datasets.kinds import Built, pick


def word_sts(lines: Iterable[str]) -> Built:
    """Pairs of words with the mean of what people rated them, from 0 to 10: WordSim-353."""
    rows = [line.rstrip("\n").split("\t") for line in lines if not line.startswith("#")]
    kept = [(a, b, float(score)) for a, b, score in rows if a != b]
    columns = {
        "sentence1": [a for a, _, _ in kept],
        "sentence2": [b for _, b, _ in kept],
        "score": [score for _, _, score in kept],
    }
    return {"default": {"test": columns}}


def valence_classification(
    lines: Iterable[str], per_train: int = 200, per_test: int = 500
) -> Built:
    """Words that ten judges found clearly good (1) or clearly bad (0): VADER's lexicon."""
    classes: dict[int, set[str]] = {0: set(), 1: set()}
    for line in lines:
        word, mean, *_ = line.rstrip("\n").split("\t")
        if word.isalpha() and word.isascii() and len(word) > 2 and abs(float(mean)) >= 1.0:
            classes[int(float(mean) > 0)].add(word.lower())
    train: dict[str, list[object]] = {"text": [], "label": []}
    test: dict[str, list[object]] = {"text": [], "label": []}
    for label, words in classes.items():
        chosen = pick(words, per_train + per_test, f"valence-{label}")
        for split, texts in ((test, chosen[:per_test]), (train, chosen[per_test:])):
            split["text"] += texts
            split["label"] += [label] * len(texts)
    return {"default": {"train": train, "test": test}}
