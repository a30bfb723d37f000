"""What was written to do harm: one bad file never costs the others their build."""

from __future__ import annotations

import io
import json
import math
import os
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import zstandard

from frontrunner.answers import schemas
from frontrunner.answers.bodies import Bodies
from frontrunner.answers.service import Service
from frontrunner.base.errors import SourceError
from frontrunner.results.archive import walk_archive
from frontrunner.results.ingest import Ingested, ingest
from tests.factories import catalog, result, snapshot_of, write
from tests.results.origin_lists import texts_of

KNOWN = catalog()
GOOD = result("T1", 0.5)
HALF = "\ud800"


def published(folder: Path) -> tuple[Ingested, Service]:
    """What `folder` gives, read twice with a memory, with a snapshot that holds it."""
    for _ in range(2):
        ingested = ingest(folder, KNOWN, workers=1, cache=folder.parent / "cache")
    return ingested, Service(snapshot_of(folder.parent / "home", ingested))


def reasons(ingested: Ingested) -> list[tuple[str, str]]:
    return [(reject.path, str(reject.reason)) for reject in ingested.rejects]


def with_text(key: str, text: str) -> dict[str, Any]:
    """A result file that says `text` somewhere."""
    content = json.loads(json.dumps(GOOD))
    entry = content["scores"]["test"][0]
    if key == "split":
        content["scores"] = {text: [entry]}
    elif key == "languages":
        entry[key] = [text]
    elif key == "hf_subset":
        entry[key] = text
    else:
        content[key] = text
    return content  # type: ignore[no-any-return]


TEXTS = ["mteb_version", "dataset_revision", "split", "hf_subset", "languages"]


@pytest.mark.parametrize("key", TEXTS)
def test_half_a_surrogate_pair_is_no_text(tmp_path: Path, key: str) -> None:
    write(tmp_path / "results", "org__a/r/T1.json", with_text(key, HALF))
    write(tmp_path / "results", "org__b/r/T1.json", GOOD)
    ingested, service = published(tmp_path / "results")
    assert reasons(ingested) == [("org__a/r/T1.json", "not-json")]
    assert b"org/b" in Bodies(service).scores("All", ()).identity


@pytest.mark.parametrize("score", ["Infinity", "-Infinity", "1e999", "1e308", "-1e308", "84.2"])
def test_scores_that_no_metric_can_have_are_rejected(tmp_path: Path, score: str) -> None:
    for model in "ab":
        for name in ("T1", "T2"):
            content = json.dumps(result(name, 0.5)).replace("0.5", score if model == "a" else "0.5")
            write(tmp_path / "results", f"org__{model}/r/{name}.json", content.encode())
    ingested, service = published(tmp_path / "results")
    assert reasons(ingested) == [(f"org__a/r/T{n}.json", "out-of-range") for n in (1, 2)]
    body = Bodies(service).scores("All", ()).identity
    assert [row.model.name for row in schema(body).rows] == ["org/b"]


def schema(body: bytes) -> schemas.BenchmarkSummary:
    return msgspec.json.decode(body, type=schemas.BenchmarkSummary)


def nested(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    "facts",
    [
        {"experiment_kwargs": {"x": 10**30}},
        {"experiment_kwargs": {HALF: 1}},
        {"experiment_kwargs": {HALF: math.nan}},
        {"experiment_kwargs": {"x": HALF}},
        {"experiment_kwargs": {"x": nested(100)}},
        {"experiment_kwargs": {"x": nested(900)}},
        {"experiment_kwargs": {"embed_dim": "many"}},
        {"experiment_kwargs": {"embed_dim": [1, "a"]}},
        {"experiment_kwargs": {"embed_dim": 1.5}},
        {"experiment_kwargs": {"embed_dim": 2**70}},
        {"experiment_kwargs": {"model_type": 5}},
        {"experiment_kwargs": {"model_type": {"a": 1}}},
        {"experiment_kwargs": {"x": 1}, "embed_dim": 2**70},
        {"experiment_kwargs": {"x": 1}, "revision": HALF},
    ],
)
def test_an_experiment_that_cannot_be_told_is_set_aside(
    tmp_path: Path, facts: dict[str, Any]
) -> None:
    folder = "org__a/r/experiments/x"
    meta = {"name": "org/a", "revision": "r", **facts}
    write(tmp_path / "results", f"{folder}/model_meta.json", meta)
    write(tmp_path / "results", f"{folder}/T1.json", GOOD)
    write(tmp_path / "results", "org__b/r/T1.json", GOOD)
    ingested, service = published(tmp_path / "results")
    assert reasons(ingested) == [
        (f"{folder}/T1.json", "no-model-meta"),
        (f"{folder}/model_meta.json", "bad-model-meta"),
    ]
    assert len(schema(Bodies(service).scores("All", ()).identity).rows) == 1


def test_settings_with_a_mistake_are_set_aside_whole(tmp_path: Path) -> None:
    lines = b'{"task": "T1"}\n{"task": "T2", "x": NaN}\n'
    write(tmp_path / "results", "org__a/r/run_settings.jsonl", lines)
    ingested, _ = published(tmp_path / "results")
    assert ingested.run_settings == []
    assert reasons(ingested) == [("org__a/r/run_settings.jsonl", "not-json")]


def test_folders_may_have_names_that_are_no_text(tmp_path: Path) -> None:
    for name, content in {
        b"org__a/\xff/T1.json": GOOD,
        b"org__b/r/experiments/\xff/T2.json": result("T2", 0.5),
        b"org__b/r/experiments/\xff/run_settings.jsonl": {"task": "T2"},
        b"org__b/r/experiments/\xff/model_meta.json": {
            "name": "org/b",
            "revision": "r",
            "experiment_kwargs": {"x": 1},
        },
    }.items():
        write(tmp_path / "results", os.fsdecode(name), content)
    ingested, _ = published(tmp_path / "results")
    assert texts_of(ingested.origins.revision) == ["\\xff", "r"]
    assert ingested.table.rows == 2


def test_a_link_in_place_of_the_results_is_not_followed(tmp_path: Path) -> None:
    write(tmp_path / "elsewhere", "org__a/r/T1.json", GOOD)
    source = tmp_path / "source"
    source.mkdir()
    (source / "results").symlink_to(tmp_path / "elsewhere")
    ingested, _ = published(source)
    assert (ingested.table.rows, reasons(ingested)) == (0, [("results", "symlink")])


def test_hidden_files_do_not_vanish(tmp_path: Path) -> None:
    write(tmp_path / "results", ".gitattributes", b"x")
    ingested, _ = published(tmp_path / "results")
    assert reasons(ingested) == [(".gitattributes", "out-of-place")]


# --- archives -------------------------------------------------------------------------------------

END = b"\0" * 1024


def header(name: bytes, size: bytes = b"00000000000\0", kind: bytes = b"0") -> bytes:
    """A tar header with a true checksum."""
    block = bytearray(512)
    block[: len(name)], block[124 : 124 + len(size)], block[156:157] = name, size, kind
    block[148:156], block[257:263] = b" " * 8, b"ustar\0"
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block)


@pytest.mark.parametrize(
    "content",
    [
        header(b"results/x", b"-00000001000") + END,  # would lead back to the same header for ever
        header(b"results/x", b"-00000000001") + END,
        header(b"x", b"-00000001000", b"x") + END,
        header(b"results/x", b"0000_0000_10") + b"{}".ljust(512, b"\0") + END,
        header(b"results/x", b"\xff" * 12) + END,
        header(b"x", b"77777777777\0", b"x") + END,
        header(b"results/x").replace(b"ustar", b"ustaR") + END,
        b"hello world\n" * 1000,
        b"",
    ],
)
def test_headers_that_lie_end_the_archive(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.tar"
    path.write_bytes(content)
    with pytest.raises(SourceError):
        list(walk_archive(path))


def bomb() -> Iterator[bytes]:
    """A member of gigabytes of nothing."""
    zeros = b"\0" * (1 << 24)
    yield header(b"results/org__a/r/T1.json", b"%011o\0" % (4 << 30))
    for _ in range(4 << 6):
        yield zeros


def test_an_archive_that_hardly_ends_is_given_up(tmp_path: Path) -> None:
    path = tmp_path / "x.tar.zst"
    compressor = zstandard.ZstdCompressor(level=1).compressobj()
    path.write_bytes(b"".join([*map(compressor.compress, bomb()), compressor.flush()]))
    with pytest.raises(SourceError, match="500 times its size"):
        list(walk_archive(path))


def test_an_archive_may_not_ask_for_gigabytes_of_memory(tmp_path: Path) -> None:
    path = tmp_path / "x.tar.zst"
    parameters = zstandard.ZstdCompressionParameters(window_log=31)
    compressor = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    path.write_bytes(compressor.compress(header(b"results/x") + END) + compressor.flush())
    with pytest.raises(SourceError, match="not a readable archive"):
        list(walk_archive(path))


def packed(path: Path, members: list[tuple[tarfile.TarInfo, bytes]]) -> Path:
    with tarfile.open(path, "w", format=tarfile.GNU_FORMAT) as tar:
        for info, data in members:
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return path


def test_a_link_with_a_long_target_costs_no_other_member(tmp_path: Path) -> None:
    link = tarfile.TarInfo("results/org__a/r/T2.json")
    link.type, link.linkname = tarfile.SYMTYPE, "x" * 200
    extents = tarfile.TarInfo("results/org__b/r/T1.json")
    extents.type = tarfile.CONTTYPE
    file = tarfile.TarInfo("results/org__a/r/T1.json")
    data = json.dumps(GOOD).encode()
    path = packed(tmp_path / "x.tar", [(link, b""), (extents, data), (file, data)])
    ingested = ingest(path, KNOWN, workers=1)
    assert ingested.table.rows == 2
    assert reasons(ingested) == [("org__a/r/T2.json", "not-a-file")]


@pytest.mark.parametrize("workers", [1, 2])
def test_of_members_with_one_name_the_last_counts(tmp_path: Path, workers: int) -> None:
    members = [
        (tarfile.TarInfo("results/org__a/r/T1.json"), json.dumps(result("T1", score)).encode())
        for score in (0.1, 0.2, 0.3)
    ]
    ingested = ingest(packed(tmp_path / "x.tar", members), KNOWN, workers=workers)
    assert ingested.table.score.tolist() == [0.3]
    assert reasons(ingested) == [("org__a/r/T1.json", "superseded")] * 2
    assert ingested.files_seen == 3


@pytest.mark.parametrize("between", [b"", b"\0" * 512, b"\0" * 9999 * 512])
def test_archives_that_were_joined_are_read_to_the_last(tmp_path: Path, between: bytes) -> None:
    whole = b""
    for name in ("T1", "T2"):
        data = json.dumps(result(name, 0.5)).encode()
        member = tarfile.TarInfo(f"results/org__a/r/{name}.json")
        whole += packed(tmp_path / "x.tar", [(member, data)]).read_bytes() + between
    (tmp_path / "x.tar").write_bytes(whole + b"what follows the end\n" * 99)
    assert ingest(tmp_path / "x.tar", KNOWN, workers=1).table.rows == 2


def test_one_empty_block_is_not_the_end(tmp_path: Path) -> None:
    data = json.dumps(GOOD).encode()
    path = packed(tmp_path / "x.tar", [(tarfile.TarInfo("results/org__a/r/T1.json"), data)])
    path.write_bytes(b"\0" * 512 + path.read_bytes())
    assert ingest(path, KNOWN, workers=1).table.rows == 1
