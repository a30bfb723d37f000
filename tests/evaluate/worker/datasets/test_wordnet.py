"""The WordNet tasks, on a WordNet of a few dozen meanings."""

from pathlib import Path

import pytest

from frontrunner.evaluate.worker.datasets import wordnet
from frontrunner.evaluate.worker.datasets.wordnet import Synset

_XML = """<SYNSETS>
<SYNSET><ID>ENG31-1-n</ID><SYNONYM><LITERAL>dog<SENSE>0</SENSE><SR>x<TYPE>HYPERNYM</TYPE></SR>
</LITERAL><LITERAL>domestic dog</LITERAL></SYNONYM><DEF>(zoology) a barking thing</DEF>
<SR>ENG31-2-n<TYPE>HYPERNYM</TYPE></SR><SR>ENG31-9-n<TYPE>MEMBER_HOLONYM</TYPE></SR></SYNSET>
<SYNSET><ID>ENG31-2-n</ID><SYNONYM><LITERAL>beast</LITERAL></SYNONYM>
<DEF>a living thing</DEF></SYNSET>
</SYNSETS>"""


def _tree(children: int = 60) -> dict[str, Synset]:
    """An anchor, its parent and grandparent, four aunts, and many children under each."""
    anchor = wordnet.ANCHORS["animal"]
    synsets = {
        "root-n": Synset(("thing",), "whatever there is, taken as a whole", ()),
        anchor: Synset(("animal",), "a being that moves of its own will", ("root-n",)),
    }
    for a in range(4):
        synsets[f"aunt{a}-n"] = Synset(
            (f"aunt{a}",), f"another family, number {a} of four", ("root-n",)
        )
    for parent in [name for name in synsets if name != "root-n"]:
        for c in range(children):
            words = (f"w{parent[:6]}{c}",)
            gloss = f"the member number {c} of the family {parent}"
            synsets[f"{parent}-child{c}-n"] = Synset(words, gloss, (parent,))
    return synsets


@pytest.fixture(name="tree")
def _tree_fixture() -> dict[str, Synset]:
    return _tree()


def test_reading_keeps_words_gloss_and_the_synsets_own_parents(tmp_path: Path) -> None:
    path = tmp_path / "wordnet.xml"
    path.write_text(_XML)
    synsets = wordnet.read_synsets(path)
    assert synsets["ENG31-1-n"] == Synset(
        ("dog", "domestic dog"), "a barking thing", ("ENG31-2-n",)
    )
    assert synsets["ENG31-2-n"].parents == ()


def test_background_and_tasks_never_share_a_synset(tree: dict[str, Synset]) -> None:
    classified = wordnet.sense_classification(tree)["default"]
    used = set(classified["test"]["text"]) | set(classified["train"]["text"])
    assert used
    assert not used & set(wordnet.background(tree))


def test_classification_splits_are_disjoint_and_labelled(tree: dict[str, Synset]) -> None:
    splits = wordnet.sense_classification(tree, per_train=4, per_test=10)["default"]
    assert len(splits["test"]["text"]) == len(splits["test"]["label"]) == 10
    assert not set(splits["test"]["text"]) & set(splits["train"]["text"])


def test_a_gloss_that_names_its_kind_is_left_out() -> None:
    tree = _tree(0) | {
        f"x{i}-n": Synset(
            (f"x{i}",), f"one of the animals, and number {i}", (wordnet.ANCHORS["animal"],)
        )
        for i in range(40)
    }
    assert wordnet.sense_classification(tree)["default"]["test"]["text"] == []


def test_reranking_has_one_right_candidate_among_its_sisters(tree: dict[str, Synset]) -> None:
    content = wordnet.sense_reranking(tree, queries=20, candidates=6)["default"]["test"]
    assert len(content["queries"]) == 20
    for query, candidates in content["candidates"].items():
        (right,) = content["relevant"][query]
        assert right in candidates
        assert len(candidates) == len(set(candidates)) == 6
        assert all(candidate in content["corpus"] for candidate in candidates)


def test_half_of_the_pairs_are_parents_and_half_are_aunts(tree: dict[str, Synset]) -> None:
    columns = wordnet.hypernym_pairs(tree, count=40)["default"]["test"]
    assert sum(columns["labels"]) == 20
    parents = {s.gloss: tree[s.parents[0]].gloss for s in tree.values() if s.parents}
    for child, other, label in zip(*columns.values(), strict=True):
        assert (parents[child] == other) == bool(label)


def test_the_same_tree_in_another_order_gives_the_same_data(tree: dict[str, Synset]) -> None:
    turned = dict(reversed(tree.items()))
    assert wordnet.sense_reranking(tree) == wordnet.sense_reranking(turned)
    assert wordnet.hypernym_pairs(tree) == wordnet.hypernym_pairs(turned)
    assert wordnet.sense_classification(tree) == wordnet.sense_classification(turned)
