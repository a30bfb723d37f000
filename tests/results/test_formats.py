"""One file's bytes -> the scores in it."""

from __future__ import annotations

import contextlib
import json
import math
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontrunner.results.formats import (
    ParsedFile,
    TaskIndex,
    UnusableFileError,
    _lenient,
    parse,
)
from frontrunner.results.rejects import Reason
from tests.factories import catalog, result, task

INDEX = TaskIndex.of(
    catalog(
        [
            task("T1"),
            task("STSx", main_score="cosine_spearman"),
            task("NewName"),
            task("XPQARetrieval", subsets={"fra-fra": ("fra-Latn",), "eng": ("eng-Latn",)}),
        ],
        old_task_names={"OldName": "NewName"},
        retired_tasks={"Gone": "accuracy"},
    )
)


def read(content: Any) -> ParsedFile:
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    return parse(raw, INDEX)


def outcome(reader: Callable[[bytes, TaskIndex], ParsedFile], raw: bytes) -> str:
    """What a reader gives, or why nothing, as text: there, NaN is equal to NaN."""
    try:
        return repr(reader(raw, INDEX))
    except UnusableFileError as error:
        return str(error)


def test_todays_format() -> None:
    file = read(result("T1", {"test": {"en": 0.5, "de": 1}}, languages=("eng-Latn", "deu-Latn")))
    assert file.task == "T1"
    assert file.mteb_version == "2.0.0"
    languages = ("eng-Latn", "deu-Latn")
    assert file.entries == [(("test", "en", languages), 0.5), (("test", "de", languages), 1.0)]


@pytest.mark.parametrize("literal", ["NaN", "null"])
def test_missing_main_scores_are_nan(literal: str) -> None:
    text = json.dumps(result("T1", 0.25)).replace("0.25", literal)
    [(_, score)] = read(text.encode()).entries
    assert math.isnan(score)


def test_nan_elsewhere_leaves_the_score_alone() -> None:
    content = result("T1", 0.25)
    content["scores"]["test"][0] |= {"nauc": float("nan"), "list": [float("nan")], "text": '": NaN'}
    [(_, score)] = read(content).entries
    assert score == 0.25


@pytest.mark.parametrize("score", [math.inf, -math.inf, 84.2, -0.1, 1.001, 1e308, 5])
def test_a_score_beyond_its_range_is_rejected(score: float) -> None:
    with pytest.raises(UnusableFileError, match=r"accuracy is .*it ranges from 0 to 1") as caught:
        read(result("T1", {"test": {"en": 0.5, "de": score}}))
    assert caught.value.reason is Reason.OUT_OF_RANGE
    assert f"{score:g} (test, de)" in caught.value.detail


@pytest.mark.parametrize(
    ("key", "value", "moment"),
    [
        ("date", 1783391854.5, 1783391854.5),
        ("date", "2026-01-02", 1767312000.0),
        ("date", "2026-01-02T00:00:00+01:00", 1767308400.0),
        ("date", "yesterday", math.nan),
        ("date", [1], math.nan),
        ("date", True, math.nan),
        ("date", -5, math.nan),
        ("date", 1e12, math.nan),
        ("day", 1783391854.5, math.nan),
    ],
)
@pytest.mark.parametrize("lenient", [False, True])
def test_the_date_of_a_measurement_is_read(
    key: str, value: Any, moment: float, lenient: bool
) -> None:
    content = result("T1", 0.5) | {key: value} | ({"x": math.inf} if lenient else {})
    assert repr(read(content).measured) == repr(moment)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (12.5, 12.5),
        (3, 3.0),
        (None, math.nan),
        (-1, math.nan),
        ("long", math.nan),
        (True, math.nan),
    ],
)
@pytest.mark.parametrize("lenient", [False, True])
def test_how_long_an_evaluation_took_is_read(value: Any, seconds: float, lenient: bool) -> None:
    content = result("T1", 0.5) | {"evaluation_time": value} | ({"x": math.inf} if lenient else {})
    assert repr(read(content).seconds) == repr(seconds)


def test_the_splits_of_an_old_file_are_added_up() -> None:
    old: dict[str, Any] = {"mteb_dataset_name": "T1", "mteb_version": "1.0.2"}
    splits = {"test": {"accuracy": 0.5, "evaluation_time": 2.5}, "dev": {"accuracy": 0.5}}
    assert math.isnan(read(old | splits).seconds)
    splits["dev"]["evaluation_time"] = 1.5
    assert read(old | splits).seconds == 4.0


def without_main_score(entry: dict[str, Any]) -> dict[str, Any]:
    content = result("T1", 0.5)
    [one] = content["scores"]["test"]
    del one["main_score"]
    one.update(entry)
    return content


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (without_main_score({"map": 0.5, "mrr": 0.6}), "map, mrr"),
        (without_main_score({"main_score": math.nan, "f1": 0.5}), "f1"),
        (without_main_score({"main_score": math.nan}), "no number at all"),
        (without_main_score({"main_score": None, "accuracy": None, "f1": True}), "no number"),
        (without_main_score({f"m{n}": 0.5 for n in range(10)}), "m6, m7 and 2 more"),
        ({"mteb_dataset_name": "T1", "test": {"map": 0.5, "evaluation_time": 1}}, "has map"),
        ({"mteb_dataset_name": "T1", "test": {"cos_sim": {"ap": 0.5}}}, "has cos_sim.ap"),
        ({"mteb_dataset_name": "T1", "test": {"en": {"f1": 0.5}}}, "has f1"),
    ],
)
def test_a_file_without_a_number_names_the_metric_wanted_and_those_present(
    content: dict[str, Any], found: str
) -> None:
    file = read(content)
    assert all(score != score for _, score in file.entries)
    assert (file.note or "").startswith("accuracy is wanted; the file has ")
    assert found in (file.note or "")


def test_a_file_with_one_number_has_no_note() -> None:
    assert read(result("T1", {"test": {"en": math.nan, "de": 0.5}})).note is None


def test_a_null_main_score_is_filled_from_the_main_metric() -> None:
    content = result("T1", None)  # type: ignore[arg-type]
    content["scores"]["test"][0]["accuracy"] = 0.75
    [(_, score)] = read(content).entries
    assert score == 0.75


def test_duplicates_inside_a_file_are_kept() -> None:
    content = result("T1", 0.5)
    content["scores"]["test"] *= 2
    assert len(read(content).entries) == 2


OLD = {"mteb_dataset_name": "T1", "mteb_version": "1.0.2", "dataset_revision": "abc"}


def test_before_1_11_a_split_holds_metrics() -> None:
    file = read(OLD | {"test": {"accuracy": 0.5, "evaluation_time": 3}})
    assert file == ParsedFile(
        "T1", "1.0.2", "abc", [(("test", "default", ("eng-Latn",)), 0.5)], seconds=3.0
    )


def test_before_1_11_metrics_are_grouped_by_similarity() -> None:
    old = OLD | {"mteb_dataset_name": "STSx", "test": {"cos_sim": {"spearman": 0.6}}}
    assert read(old).entries[0][1] == 0.6


def test_before_1_11_names_were_others() -> None:
    assert read(OLD | {"mteb_dataset_name": "OldName", "test": {"accuracy": 1}}).task == "NewName"
    assert read(OLD | {"mteb_dataset_name": "newname", "test": {"accuracy": 1}}).task == "NewName"
    renamed = OLD | {"mteb_dataset_name": "XPQARetrieval", "test": {"fr": {"accuracy": 0.1}}}
    assert read(renamed).entries == [(("test", "fra-fra", ("fra-Latn",)), 0.1)]


def test_before_1_11_without_the_main_metric_the_score_is_missing() -> None:
    assert math.isnan(read(OLD | {"test": {"other": 0.5}}).entries[0][1])


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", Reason.NOT_JSON),
        (b'{"task_name": "T1", "scores"', Reason.NOT_JSON),
        (b"\xff\xfe", Reason.NOT_JSON),
        (b"[" * 200_000, Reason.TOO_DEEP),
        (b'{"a":' * 200_000, Reason.TOO_DEEP),
        (b"[]", Reason.WRONG_SHAPE),
        (b'{"task_name": "T1", "scores": []}', Reason.WRONG_SHAPE),
        (b'{"task_name": "T1", "scores": {"test": {}}}', Reason.WRONG_SHAPE),
        (b'{"task_name": "T1", "scores": {"test": [1]}}', Reason.WRONG_SHAPE),
        (b'{"task_name": "T1", "scores": {}}', Reason.NO_SCORES),
        (b'{"task_name": "T1", "scores": {"test": []}}', Reason.NO_SCORES),
        (json.dumps(result("T1", "high")).encode(), Reason.WRONG_SHAPE),  # type: ignore[arg-type]
        (json.dumps(result("T1", True)).encode(), Reason.WRONG_SHAPE),
        (json.dumps(result("Nope", 1)).encode(), Reason.UNKNOWN_TASK),
        (json.dumps(result("Gone", 1)).encode(), Reason.RETIRED_TASK),
        (b'{"mteb_dataset_name": "T1", "test": 5}', Reason.WRONG_SHAPE),
        (b'{"mteb_dataset_name": "Nope", "test": {}}', Reason.UNKNOWN_TASK),
        (json.dumps(result("T1", 1)).replace("1.0}", "1" * 5000 + "}").encode(), Reason.NOT_JSON),
    ],
)
def test_what_cannot_be_used_has_a_reason(content: bytes, reason: Reason) -> None:
    if content.endswith(b"1}"):
        content = content.replace(b'"main_score": 1', b'"main_score": ' + b"1" * 5000)
    with pytest.raises(UnusableFileError) as caught:
        read(content)
    assert caught.value.reason is reason
    assert len(caught.value.detail) < 1000


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["task_name", "scores", "test", "hf_subset", "languages", "main_score",
                         "mteb_dataset_name", "cos_sim", "accuracy", "x"]),
        inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@given(JSON | st.binary(max_size=80))
def test_nothing_but_a_reason_is_ever_raised(content: Any) -> None:
    with contextlib.suppress(UnusableFileError):
        read(content)


SCORE = st.none() | st.floats(allow_infinity=True, allow_nan=True) | st.integers(-5, 5)
FILE = st.dictionaries(
    st.sampled_from(["test", "dev", 'q"uote']),
    st.dictionaries(st.text(max_size=5), SCORE, min_size=1, max_size=4),
    min_size=1,
    max_size=3,
)


@given(FILE, st.text(max_size=6), st.floats())
def test_the_quick_way_and_the_lenient_way_agree(
    scores: dict[str, Any], text: str, noise: float
) -> None:
    content = result("T1", scores)
    next(iter(content["scores"].values()))[0] |= {"text": text, "nauc": noise}
    raw = json.dumps(content, indent=1).encode()
    assert outcome(parse, raw) == outcome(_lenient, raw)


@pytest.mark.parametrize(
    "text", ['"', '": NaN', '": NaN, "', '\\": NaN', "\\", '\\": NaN, "main_score": 0.9, "', "\x7f"]
)
@pytest.mark.parametrize("key", ["hf_subset", "note"])
def test_a_text_that_looks_like_nan_stays_as_it_is(text: str, key: str) -> None:
    content = result("T1", {"test": {"en": math.nan, "de": 0.5}})
    content["scores"]["test"][0][key] = text
    [(cell, missing), (_, score)] = read(content).entries
    assert math.isnan(missing)
    assert score == 0.5
    assert cell[1] == (text if key == "hf_subset" else "en")


@pytest.mark.parametrize("name", ["t1", "T1 ", "mteb/T1", "org/t1"])
def test_a_task_with_nearly_a_known_name_is_named(name: str) -> None:
    with pytest.raises(UnusableFileError, match=r"did you mean T1\?") as caught:
        read(result(name, 0.5))
    assert caught.value.reason is Reason.UNKNOWN_TASK


def old(**facts: Any) -> dict[str, Any]:
    return {"mteb_dataset_name": "T1", "test": {"accuracy": 0.5}} | facts


def test_before_1_11_a_file_may_not_say_its_version() -> None:
    assert read(old()).mteb_version == "mteb version not available"
    assert read(old(mteb_version="1.0")).mteb_version == "1.0"


def test_before_1_11_the_time_may_come_before_the_subsets() -> None:
    subsets = {"evaluation_time": 3.0, "en": {"accuracy": 0.5}, "de": {"accuracy": 0.25}}
    file = read(old(test=subsets, dev={"default": {"accuracy": 0.125}}))
    assert [(cell[:2], score) for cell, score in file.entries] == [
        (("test", "en"), 0.5), (("test", "de"), 0.25), (("dev", "default"), 0.125),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("task_name", "version", "split", "subset", "today"),
    [
        ("MLSUMClusteringP2P", "1.1.2.dev0", "test", "default", "fr"),
        ("MLSUMClusteringS2S", "1.1.3.dev0", "test", "default", "fr"),
        ("MLSUMClusteringS2S", "1.1.4", "test", "default", "default"),
        ("MLSUMClusteringS2S", "1.1.3.dev0", "dev", "default", "default"),
        ("MLSUMClusteringS2S", "1.1.3.dev0", "test", "de", "de"),
        ("T1", "1.1.3.dev0", "test", "default", "default"),
        ("T1", "1.1.3.dev0", "test", "fr", "fr"),
        ("XPQARetrieval", "1.0", "test", "fr", "fra-fra"),
        ("XPQARetrieval", "1.0", "dev", "fr", "fr"),
        ("XPQARetrieval", "1.0", "test", "de", "de"),
    ],
)
def test_subsets_that_were_renamed(
    task_name: str, version: str, split: str, subset: str, today: str
) -> None:
    tasks = [task(name) for name in ("T1", "MLSUMClusteringP2P", "MLSUMClusteringS2S")]
    index = TaskIndex.of(catalog([*tasks, task("XPQARetrieval")]))
    content = {"mteb_dataset_name": task_name, "mteb_version": version}
    content |= {split: {subset: {"accuracy": 0.5}}}  # type: ignore[dict-item]
    [(cell, _)] = parse(json.dumps(content).encode(), index).entries
    assert cell[:2] == (split, today)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ([], "$: expected an object, found list"),
        ({"task_name": "T1"}, "$.scores: expected today's or an older layout, found nothing"),
        ({"task_name": "T1", "scores": 1}, "$.scores: expected today's or an older layout, "
         "found int"),
        ({"scores": {}}, "$.task_name: expected today's or an older layout, found nothing"),
        ({"task_name": 1, "scores": {}}, "$.scores: expected today's or an older layout, "
         "found dict"),
        ({"task_name": "T1", "scores": {"test": {}}}, "$.scores.test: expected a list of subsets, "
         "found dict"),
        ({"task_name": "T1", "scores": {"test": [1]}}, "$.scores.test[0]: expected an object, "
         "found int"),
        ({"task_name": "T1", "scores": {"test": [{"hf_subset": 1}]}},
         "$.scores.test[0].hf_subset: expected text, found int"),
        ({"task_name": "T1", "scores": {"test": [{"hf_subset": "a", "languages": [1]}]}},
         "$.scores.test[0].languages: expected a list of language codes, found list"),
        (old(test=1), "$.test: expected an object of metrics, found int"),
        (old(test={"en": {"accuracy": 1}, "de": 1}),
         "$.test.de: expected an object of metrics, found int"),
        (old(test={"accuracy": "x"}), "$.test.default.accuracy: expected a number, found str"),
        (old(test={"accuracy": 10**400}), "$.test.default.accuracy: number out of range"),
    ],
)  # fmt: skip
def test_a_wrong_shape_is_named_by_its_place(content: Any, said: str) -> None:
    with pytest.raises(UnusableFileError) as caught:
        read(content)
    assert (caught.value.reason, caught.value.detail) == (Reason.WRONG_SHAPE, said)
    assert str(caught.value) == f"wrong-shape: {said}"


def test_before_1_11_metrics_have_the_prefix_of_their_group() -> None:
    metrics = {"cos_sim": {"spearman": 0.5, "pearson": 0.4}, "euclidean": {"spearman": 0.3}}
    file = read(old(mteb_dataset_name="STSx", test=metrics))
    assert [score for _, score in file.entries] == [0.5]
    plain = {"euclidean": {"spearman": 0.3}, "cosine_spearman": 0.25}
    assert read(old(mteb_dataset_name="STSx", test=plain)).entries[0][1] == 0.25


def test_a_subset_that_the_task_does_not_have_is_in_all_its_languages() -> None:
    content = old(mteb_dataset_name="XPQARetrieval", test={"xx": {"accuracy": 0.5}})
    assert read(content).entries == [(("test", "xx", ("fra-Latn", "eng-Latn")), 0.5)]


def test_the_index_has_what_a_reader_must_know_of_a_task() -> None:
    facts = INDEX.by_name["XPQARetrieval"]
    assert (facts.name, facts.main_score) == ("XPQARetrieval", "accuracy")
    assert facts.subsets == {"fra-fra": ("fra-Latn",), "eng": ("eng-Latn",)}
    assert INDEX.old_names["OldName"] == "NewName"
    assert (INDEX.old_names["stsx"], INDEX.retired) == ("STSx", {"Gone": "accuracy"})
