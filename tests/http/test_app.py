"""The application over HTTP: conditions, encodings, methods, errors, metrics, hot swaps."""

from __future__ import annotations

import base64
import email.utils
import gzip
import hashlib
import io
import re
from pathlib import Path

import brotli
import polars as pl
import pytest
import zstandard

from frontrunner.http.app import Application
from frontrunner.http.program import program
from frontrunner.results.ingest import ingest
from frontrunner.snapshot.reader import Snapshot
from tests.factories import (
    catalog,
    result,
    small_snapshot,
    snapshot_of,
    task,
    write,
    write_scores,
)
from tests.http.conftest import BOARD, Get, call


def test_a_board(get: Get) -> None:
    board = get(BOARD).json()
    assert [(row["rank"], row["model"]["name"]) for row in board["rows"]] == [
        (1, "org/b"),  # as many points, and the higher mean
        (1, "org/a"),
    ]
    assert board["rows"][1]["scoresByTask"] == {"T1": 0.9, "T2": 0.5}


UNPACK = {
    "gzip": gzip.decompress,
    "br": brotli.decompress,
    "zstd": lambda body: zstandard.ZstdDecompressor().decompressobj().decompress(body),
}


@pytest.mark.parametrize("path", [BOARD, "/v1/rank?benchmark=All", "/openapi.json"])
def test_each_encoding_is_the_same_body_with_a_tag_of_its_own(
    application: Application, path: str
) -> None:
    plain = call(application, "GET", path)
    tags = {plain.headers["etag"]}
    for name, unpack in UNPACK.items():
        packed = call(application, "GET", path, headers={"accept-encoding": name})
        assert packed.headers["content-encoding"] == name
        assert packed.headers["vary"] == "accept-encoding"
        assert packed.content == plain.content  # httpx unpacks what it knows
        tags.add(packed.headers["etag"])
        assert unpack is not None
    assert len(tags) == 4
    assert not any(tag.startswith("W/") for tag in tags)


def test_conditions(application: Application) -> None:
    first = call(application, "GET", BOARD)
    tag, date = first.headers["etag"], first.headers["last-modified"]
    for headers in (
        {"if-none-match": tag},
        {"if-none-match": f'"x", W/{tag}'},
        {"if-none-match": "*"},
        {"if-modified-since": date},
    ):
        answer = call(application, "GET", BOARD, headers=headers)
        assert (answer.status_code, answer.content) == (304, b"")
        assert answer.headers["etag"] == tag
    stale = {"if-none-match": '"x"', "if-modified-since": date}
    assert call(application, "GET", BOARD, headers=stale).status_code == 200


def test_dates_and_tags_come_from_the_snapshot_and_not_the_process(snapshot: Snapshot) -> None:
    one, two = (call(Application(snapshot), "GET", BOARD) for _ in range(2))
    assert one.headers["etag"] == two.headers["etag"]
    modified = email.utils.parsedate_to_datetime(one.headers["last-modified"])
    assert modified.timestamp() == int(snapshot.built_at)


@pytest.mark.parametrize("path", [BOARD, "/v1/tasks", "/health", "/v1/rank?tasks=T1", "/v1/nope"])
def test_head_is_get_without_a_body(application: Application, path: str) -> None:
    for _ in range(2):
        whole, head = (call(application, method, path) for method in ("GET", "HEAD"))
        assert head.content == b""
        assert head.status_code == whole.status_code
        assert head.headers["content-length"] == whole.headers["content-length"]
        assert head.headers.get("etag") == whole.headers.get("etag")


@pytest.mark.parametrize("names", ["eng", "eng-Latn", "English", "Latn", "eng,deu-Latn"])
def test_a_language_may_be_named_in_any_way(get: Get, names: str) -> None:
    board = get(f"{BOARD}?languages={names}").json()
    assert len(board["rows"]) == 2
    assert len(get(f"/v1/rank?benchmark=All&languages={names}").json()["rows"]) == 2
    assert [task["name"] for task in get(f"/v1/tasks?languages={names}").json()] == ["T1", "T2"]


BUCKETS = ["1e23", "100000000000000000000000", "18446744073709551616", "1e308"]


@pytest.mark.parametrize("high", BUCKETS)
def test_buckets_may_be_of_any_size(get: Get, high: str) -> None:
    [bucket] = get(f"/v1/benchmarks/All/leaders?buckets=[[0,{high}]]").json()["buckets"]
    assert bucket == {"min": 0.0, "max": float(high), "leader": None}


def test_after_a_rollback_nobody_keeps_what_was_taken_back(tmp_path: Path) -> None:
    old = small_snapshot(tmp_path)
    (old.folder / "built.json").write_text('{"at":1000.0}')
    new = small_snapshot(tmp_path, bonus=0.05)
    application = Application(Snapshot(new.folder))
    date = call(application, "GET", BOARD).headers["last-modified"]
    application.use(Snapshot(old.folder))
    answer = call(application, "GET", BOARD, headers={"if-modified-since": date})
    assert answer.status_code == 200


def test_lists_may_come_in_several_lines(application: Application) -> None:
    tag = call(application, "GET", BOARD).headers["etag"]
    for headers in ([tag, '"x"'], ['"x"', tag]):
        pairs = [("accept-encoding", "identity"), *(("if-none-match", one) for one in headers)]
        assert call(application, "GET", BOARD, headers=pairs).status_code == 304
    for _ in range(2):
        pairs = [("accept-encoding", "br;q=0.5"), ("accept-encoding", "gzip")]
        packed = call(application, "GET", BOARD, headers=pairs)
        assert packed.headers["content-encoding"] == "gzip"


def test_who_has_another_encoding_is_sent_this_one(application: Application) -> None:
    packed = call(application, "GET", BOARD, headers={"accept-encoding": "gzip"})
    headers = {"if-none-match": packed.headers["etag"]}
    assert call(application, "GET", BOARD, headers=headers).status_code == 200
    headers["accept-encoding"] = "gzip"
    again = call(application, "GET", BOARD, headers=headers)
    assert (again.status_code, again.headers["etag"]) == (304, packed.headers["etag"])


def test_pages_of_other_origins_may_read(application: Application, snapshot: Snapshot) -> None:
    answer = call(application, "GET", BOARD, headers={"origin": "https://a.example"})
    assert answer.headers["access-control-allow-origin"] == "*"
    preflight = call(application, "OPTIONS", BOARD, headers={"origin": "https://a.example"})
    assert preflight.headers["access-control-allow-methods"] == "GET, HEAD, OPTIONS"
    strict = Application(snapshot, origins=("https://a.example",))
    for _ in range(2):
        mine = call(strict, "GET", BOARD, headers={"origin": "https://a.example"})
        theirs = call(strict, "GET", BOARD, headers={"origin": "https://b.example"})
        assert mine.headers["access-control-allow-origin"] == "https://a.example"
        assert "access-control-allow-origin" not in theirs.headers
        assert "origin" in mine.headers["vary"]


def test_metrics_count_what_was_asked(application: Application) -> None:
    for _ in range(3):
        call(application, "GET", BOARD)
    call(application, "GET", "/v1/tasks/T1")
    call(application, "GET", "/v1/tasks/Nope")
    text = call(application, "GET", "/metrics").text
    labels = 'handler="/v1/benchmarks/scores",method="GET",status="200"'
    assert f"http_requests_total{{{labels}}} 3.0" in text
    assert 'mteb_task_selections_total{name="T1"} 1.0' in text
    assert 'handler="/v1/tasks",method="GET",status="404"} 1.0' in text
    assert "frontrunner_rejected_files" in text


def test_a_new_snapshot_is_served_from_one_request_to_the_next(
    application: Application, tmp_path: Path
) -> None:
    before = call(application, "GET", BOARD)
    for _ in range(2):
        call(application, "GET", BOARD)
    application.use(small_snapshot(tmp_path, bonus=0.05))
    after = call(application, "GET", BOARD)
    assert before.json()["rows"][1]["scoresByTask"]["T1"] == 0.9
    assert after.json()["rows"][1]["scoresByTask"]["T1"] == pytest.approx(0.95)
    assert before.headers["etag"] != after.headers["etag"]
    stale = {"if-none-match": before.headers["etag"]}
    assert call(application, "GET", BOARD, headers=stale).status_code == 200


EXPORTS = ["csv", "parquet"]


@pytest.mark.parametrize("form", EXPORTS)
def test_boards_as_files(get: Get, form: str) -> None:
    answer = get(f"{BOARD}.{form}")
    assert answer.status_code == 200
    if form == "csv":
        head, first = answer.text.splitlines()[:2]
        assert head.startswith("rank,model,experiment,zero_shot_pct")
        named = dict(zip(head.split(","), first.split(","), strict=True))
        assert (named["policy"], named["tasks_scored"], named["tasks_total"]) == (
            "strict",
            "2",
            "2",
        )
        assert first.split(",")[:4] == ["1", "org/b", "", ""]
    else:
        assert answer.content[:4] == b"PAR1"


def test_where_the_numbers_come_from(get: Get, snapshot: Snapshot) -> None:
    info = get("/v1/snapshot").json()
    assert info["id"] == snapshot.id
    counts = info["counts"]
    assert counts["rows"] == 4
    told = ("filesUsed", "filesDescribing", "filesRejected", "filesSetAside")
    assert sum(counts[one] for one in told) == counts["filesSeen"] == 4
    assert info["source"]["kind"] == "folder"
    assert info["rejected"] == []


def test_ranking_on_the_spot(get: Get) -> None:
    answer = get("/v1/rank?tasks=T2&policy=lenient&languages=English").json()
    assert [(row["rank"], row["model"]) for row in answer["rows"]] == [(1, "org/b"), (2, "org/a")]
    assert answer["languages"] == ["eng-Latn"]
    assert answer["rows"][0]["coverage"] == {
        "tasks": 1,
        "tasksTotal": 1,
        "cells": 1,
        "cellsTotal": 1,
    }
    narrowed = get("/v1/rank?benchmark=All&types=STS&name=org/a").json()
    assert (narrowed["tasks"], len(narrowed["rows"])) == (["T1"], 1)


def test_coverage_does_not_count_what_was_not_asked_for(tmp_path: Path) -> None:
    german = {"subsets": {"de": ("deu-Latn",)}}
    known = catalog(tasks=[task("English"), task("German", **german), task("Other", **german)])
    scores = result("German", {"test": {"de": 0.25}}, languages=["deu-Latn"])
    write(tmp_path / "results", "org__a/1/German.json", scores)
    read = ingest(tmp_path / "results", known, workers=1)
    application = Application(snapshot_of(tmp_path / "home", read))
    for query, missing in (
        ("", ["English", "Other"]),
        ("&languages=German", ["Other"]),
        ("&languages=German&tasks=German,English", []),
        ("&subsets=de", ["Other"]),
    ):
        answer = call(application, "GET", f"/v1/rank?benchmark=All{query}").json()
        assert answer["missingTasks"] == missing, query
        assert answer["rows"][0]["coverage"]["tasksTotal"] == 1 + len(missing), query


def test_coverage_counts_what_nobody_has(tmp_path: Path) -> None:
    known = catalog(tasks=[task("T1"), task("T2"), task("rank")])
    results = write_scores(tmp_path / "results", {"org/a": {"T1": 0.5, "rank": 0.25}})
    snapshot = snapshot_of(tmp_path / "home", ingest(results, known, workers=1))
    application = Application(snapshot)
    answer = call(application, "GET", "/v1/rank?benchmark=All").json()
    assert answer["missingTasks"] == ["T2"]
    coverage = answer["rows"][0]["coverage"]
    assert (coverage["tasks"], coverage["tasksTotal"]) == (2, 3)
    head, first = call(application, "GET", f"{BOARD}.csv").text.splitlines()
    named = dict(zip(head.split(","), first.split(","), strict=True))
    assert (named["tasks_scored"], named["tasks_total"]) == ("2", "3")
    # A task may be called what a column is.
    assert (named["rank"], named["task:rank"]) == ("1", "0.25")
    frame = pl.read_parquet(io.BytesIO(call(application, "GET", f"{BOARD}.parquet").content))
    assert frame["task:rank"].to_list() == [0.25]


@pytest.mark.parametrize("path", [BOARD, "/metrics", "/health", "/v1/nope"])
def test_every_answer_may_be_read_by_pages_of_other_origins(get: Get, path: str) -> None:
    assert get(path).headers["access-control-allow-origin"] == "*"


def test_documents(get: Get) -> None:
    assert get("/health").json() == {"ok": True}
    assert get("/health").headers["cache-control"] == "no-store"
    assert get("/health").headers["x-frontrunner-version"] == program().decode()
    assert "Allow: /" in get("/robots.txt").text
    assert get("/favicon.ico").headers["content-type"] == "image/svg+xml"
    docs = get("/docs")
    assert "GET /v1/rank" in docs.text
    [style] = re.findall("<style>(.*?)</style>", docs.text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in docs.headers["content-security-policy"]
    assert "<script" not in docs.text
    assert "style=" not in docs.text
    assert get("/docs", headers={"if-none-match": docs.headers["etag"]}).status_code == 304


@pytest.mark.parametrize("path", ["/v1/rank?benchmark=All", "/v1/tasks/T1", "/v1/tasks"])
def test_a_request_for_another_snapshot_is_refused(get: Get, snapshot: Snapshot, path: str) -> None:
    mark = "&" if "?" in path else "?"
    assert get(f"{path}{mark}snapshot={snapshot.id}").json() == get(path).json()
    other = get(f"{path}{mark}snapshot=0123456789abcdef")
    assert other.status_code == 410
    assert other.headers["cache-control"] == "no-store"
    assert snapshot.id in other.json()["detail"]
    assert "leave out snapshot=. Only /v1/benchmarks and /v1/models" in other.json()["detail"]
