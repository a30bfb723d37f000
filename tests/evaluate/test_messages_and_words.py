"""Bitext from message catalogs, and the two tasks from lists of rated words."""

import struct
from pathlib import Path

import pytest

from frontrunner.evaluate.worker.datasets import kinds, messages, words


def _write_mo(path: Path, pairs: dict[str, str]) -> None:
    """Write a GNU message catalog: what gettext reads, without its tools."""
    entries = sorted({"": "Content-Type: text/plain; charset=UTF-8\n", **pairs}.items())
    count, text = len(entries), b""
    tables: list[list[tuple[int, int]]] = [[], []]
    start = 28 + 16 * count
    for side in (0, 1):
        for entry in entries:
            encoded = entry[side].encode()
            tables[side].append((len(encoded), start + len(text)))
            text += encoded + b"\0"
    head = struct.pack("<7I", 0x950412DE, 0, count, 28, 28 + 8 * count, 0, start)
    body = b"".join(struct.pack("<2I", *row) for table in tables for row in table)
    path.parent.mkdir(parents=True)
    path.write_bytes(head + body + text)


@pytest.fixture(name="root")
def _root(tmp_path: Path) -> Path:
    common = "The value %(value)s of this field is not valid."
    catalogs = {
        "de": {common: "Der Wert %(value)s ist ungültig.", "Short": "Kurz"},
        "fr": {
            common: "La valeur %(value)s n'est pas valide.",
            "Only in French, this message": "x",
        },
    }
    for locale, pairs in catalogs.items():
        _write_mo(tmp_path / f"app/locale/{locale}/LC_MESSAGES/django.mo", pairs)
    return tmp_path


def test_subsets_are_parallel_and_placeholders_are_blanked(root: Path) -> None:
    built = messages.messages_bitext(root, {"deu-eng": "de", "fra-eng": "fr"})
    assert built["deu-eng"]["test"] == {
        "sentence1": ["Der Wert … ist ungültig."],
        "sentence2": ["The value … of this field is not valid."],
    }
    assert built["fra-eng"]["test"]["sentence2"] == built["deu-eng"]["test"]["sentence2"]


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


def test_picking_does_not_depend_on_the_order_given() -> None:
    assert kinds.pick("dcab", 2, "seed") == kinds.pick("abcd", 2, "seed")
    assert sorted(kinds.pick("ab", 5, "seed")) == ["a", "b"]


def test_a_fingerprint_changes_with_any_label() -> None:
    one = kinds.fingerprint({"default": {"test": {"text": ["a"], "label": [0]}}})
    two = kinds.fingerprint({"default": {"test": {"text": ["a"], "label": [1]}}})
    assert one != two
    assert len(one) == 40
