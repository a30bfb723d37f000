"""Bitext from message catalogs."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from frontrunner.evaluate.worker.datasets import messages


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
