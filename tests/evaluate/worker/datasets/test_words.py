"""Tasks from lists of rated words."""

from __future__ import annotations

from frontrunner.evaluate.worker.datasets import words


def test_word_pairs_skip_comments_and_equal_words() -> None:
    built = words.word_sts(["# a comment\n", "love\tsex\t6.77\n", "tiger\ttiger\t10.00\n"])
    assert built["default"]["test"] == {
        "sentence1": ["love"],
        "sentence2": ["sex"],
        "score": [6.77],
    }


def test_valence_keeps_clear_words_only() -> None:
    lines = [f"good{chr(97 + i)}\t2.0\t0.5\t[2]\n" for i in range(6)]
    lines += [f"bad{chr(97 + i)}\t-2.0\t0.5\t[-2]\n" for i in range(6)]
    lines += ["meh\t0.4\t0.5\t[0]\n", ":)\t2.0\t0.5\t[2]\n", "ok\t2.0\t0.5\t[2]\n"]
    splits = words.valence_classification(lines, per_train=2, per_test=4)["default"]
    assert sorted(splits["test"]["label"]) == [0] * 4 + [1] * 4
    assert len(splits["train"]["text"]) == 4
    assert not {"meh", ":)", "ok"} & {*splits["test"]["text"], *splits["train"]["text"]}
