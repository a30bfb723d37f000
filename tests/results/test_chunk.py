"""A share of the files: limits on their texts, each with a line."""

from __future__ import annotations

import json
from typing import Any

import pytest

from frontrunner.results import chunk as limits
from frontrunner.results.chunk import Chunk, knowledge_of, read_chunk
from frontrunner.results.files import files_of
from frontrunner.results.sources import Content
from tests.factories import catalog, result

KNOWN = knowledge_of(catalog())
LFS = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"


def read(files: dict[str, Any]) -> Chunk:
    """Files and one good one more, read."""
    items = [
        (path, Content(data if isinstance(data, bytes) else json.dumps(data).encode()))
        for path, data in (files | {"org__b/r/T1.json": result("T1", 0.5)}).items()
    ]
    return read_chunk(items, KNOWN)


def only_reject(files: dict[str, Any]) -> tuple[str, str]:
    """Reason and detail of the one file that is rejected; the good one is read."""
    found = read(files)
    [reject] = found.rejects
    columns = files_of(found)
    assert columns.paths == ["org__b/r/T1.json"]
    assert {len(getattr(columns, name)) for name in ("folder", "task", "note", "measured")} == {1}
    assert columns.row_score.tolist() == [0.5]
    return str(reject.reason), reject.detail


def with_text(key: str, length: int) -> dict[str, Any]:
    content = result("T1", 0.5)
    [entry] = content["scores"]["test"]
    text = "x" * length
    if key == "split":
        content["scores"] = {"test": [entry], text: [entry]}
    elif key in ("languages", "hf_subset"):
        entry[key] = [text] if key == "languages" else text
    else:
        content[key] = text
    return content


@pytest.mark.parametrize(
    "key", ["mteb_version", "dataset_revision", "split", "hf_subset", "languages"]
)
def test_texts_have_a_limit(key: str) -> None:
    longest = limits.LONGEST_TEXT
    assert only_reject({"org__a/r/T1.json": with_text(key, longest + 1)}) == (
        "too-long",
        f"a text of {longest + 1:,} characters, which begins with {'x' * 40!r}",
    )
    assert read({"org__a/r/T1.json": with_text(key, longest)}).rejects == []


def test_the_task_of_a_megabyte_is_not_repeated() -> None:
    reason, detail = only_reject({"org__a/r/T1.json": with_text("task_name", 10**6)})
    assert reason == "unknown-task"
    assert len(detail) < 300


def test_scores_and_languages_have_a_number() -> None:
    many = {"test": {f"s{n}": 0.5 for n in range(limits.MOST_ROWS + 1)}}
    assert only_reject({"org__a/r/T1.json": result("T1", many)}) == ("too-long", "20,001 scores")
    codes = [f"c{n}" for n in range(limits.MOST_LANGUAGES + 1)]
    crowded = result("T1", 0.5, languages=codes)
    assert only_reject({"org__a/r/T1.json": crowded}) == (
        "too-long",
        "2,001 languages of a subset",
    )
    assert read({"org__a/r/T1.json": result("T1", 0.5, languages=codes[1:])}).rejects == []


def test_paths_have_a_limit() -> None:
    path = f"org__a/{'r' * limits.LONGEST_PATH}/T1.json"
    found = read({path: result("T1", 0.5)})
    [reject] = found.rejects
    assert (str(reject.reason), reject.path) == ("too-long", f"{path[:200]}...")


@pytest.mark.parametrize(
    ("facts", "detail"),
    [
        ({"experiment_kwargs": {"x": "y" * 10_000}}, "experiment_kwargs of 10,008 bytes"),
        ({"experiment_kwargs": {"x": "y" * (20 << 20)}}, "20,971,586 bytes"),
        ({"name": "y" * 1001}, "a name or revision of 1,001 characters"),
        ({"revision": "y" * 1001}, "a name or revision of 1,001 characters"),
    ],
)
def test_what_a_model_says_of_itself_has_a_limit(facts: dict[str, Any], detail: str) -> None:
    meta = {"name": "org/a", "revision": "r"} | facts
    assert only_reject({"org__a/r/model_meta.json": meta}) == ("too-long", detail)


def test_settings_have_a_limit() -> None:
    path = "org__a/r/run_settings.jsonl"
    longest = limits.LONGEST_SETTINGS
    line = b'{"task": "T1", "x": "%s"}'
    fits = line % (b"y" * (longest - len(line) + 2))
    assert len(read({path: fits}).settings) == 1
    assert only_reject({path: b"\n" + fits.replace(b"y", b"yy", 1)}) == (
        "too-long",
        f"line 2: {longest + 1:,} bytes",
    )
    assert only_reject({path: {"task": "y" * 1001}}) == ("too-long", "line 1: the name of the task")


@pytest.mark.parametrize("text", [b'"\xff"', b'{"a": "\xc3"}', b'"\xed\xa0\x80"'])
def test_settings_that_are_no_utf8_are_set_aside(text: bytes) -> None:
    """Also in a field that is passed over to find the task."""
    lines = b'{"task": "T1"}\n{"task": "T2", "x": ' + text + b"}"
    reason, detail = only_reject({"org__a/r/run_settings.jsonl": lines})
    assert (reason, detail[:7]) == ("not-json", "line 2:")


@pytest.mark.parametrize("name", ["T1.json", "model_meta.json", "run_settings.jsonl"])
def test_a_pointer_in_place_of_any_file_is_named(name: str) -> None:
    assert "a Git LFS pointer" in only_reject({f"org__a/r/{name}": LFS})[1]
