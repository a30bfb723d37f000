"""The starter tasks' data, built from the packages that the evaluation environment has pinned."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from frontrunner.evaluate.worker.datasets import docstrings, messages, wordnet, words
from frontrunner.evaluate.worker.datasets.kinds import Built
from frontrunner.evaluate.worker.datasets.packages import folder_of


@cache
def synsets() -> wordnet.Synsets:
    """WordNet 3.1, read once."""
    return wordnet.read_synsets(folder_of("WordNet") / "data" / "english_wordnet_version_31.xml")


@cache
def _documented() -> tuple[docstrings.Documented, ...]:
    roots = {name: folder_of(name) for name in ("numpy", "scipy", "sklearn")}
    return tuple(docstrings.read_documented(roots))


def _lines(package: str, *path: str) -> list[str]:
    text = folder_of(package).joinpath(*path).read_text(encoding="utf-8")
    return text.splitlines()


BUILDERS: dict[str, Callable[[], Built]] = {
    "StarterSenseClassification": lambda: wordnet.sense_classification(synsets()),
    "StarterValenceClassification": lambda: words.valence_classification(
        _lines("vaderSentiment", "vader_lexicon.txt")
    ),
    "StarterDocsClustering": lambda: docstrings.docs_clustering(_documented()),
    "StarterDocsRetrieval": lambda: docstrings.docs_retrieval(_documented()),
    "StarterSenseReranking": lambda: wordnet.sense_reranking(synsets()),
    "StarterHypernymPairs": lambda: wordnet.hypernym_pairs(synsets()),
    "StarterWordSTS": lambda: words.word_sts(
        _lines("gensim", "test", "test_data", "wordsim353.tsv")
    ),
    "StarterMessagesBitext": lambda: messages.messages_bitext(folder_of("django")),
}
"""How each starter task's data is built."""
