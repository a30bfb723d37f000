"""Where a score comes from."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from frontrunner.answers.provenance import score_source
from frontrunner.answers.service import Service
from frontrunner.answers.source_schemas import SourceRequest
from frontrunner.base.errors import UnknownNameError
from frontrunner.results.ingest import ingest
from frontrunner.snapshot.reader import Snapshot
from tests.factories import catalog, snapshot_of, task, write_scores
from tests.web.conftest import NAME, build, write_results


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Service:
    root = tmp_path_factory.mktemp("board")
    return Service(build(root / "home", write_results(root / "results")))


def test_a_score_is_the_mean_of_its_parts_each_with_its_file(service: Service) -> None:
    found = score_source(service, SourceRequest("org/small", "Search", NAME))
    board = service.board(NAME).rows
    shown = next(row.scores_by_task["Search"] for row in board if row.model.name == "org/small")
    assert found.score == shown == pytest.approx(0.45)
    assert [(one.subset, one.split, one.score, one.file) for one in found.parts] == [
        ("en", "test", 0.5, 0), ("de", "test", 0.4, 0),
    ]  # fmt: skip
    [file] = found.files
    assert (file.path, file.model_revision, file.mteb_version) == (
        "org__small/r1/Search.json", "r1", "2.0.0",
    )  # fmt: skip
    assert file.url is None
    assert found.metric == "ndcg_at_10"
    assert found.command == "pip install mteb==2.0.0\nmteb run -m org/small -t Search"


def test_every_score_of_a_board_is_the_one_that_its_source_gives(service: Service) -> None:
    for row in service.board(NAME).rows:
        for name in service.board(NAME).tasks:
            wanted = SourceRequest(row.model.name, name, NAME)
            assert score_source(service, wanted).score == row.scores_by_task.get(name)


def test_what_is_missing_is_named_and_gives_no_score(tmp_path: Path) -> None:
    scores = {"org/small": {"Search": {"en": 0.5, "de": 0.4}}, "org/large": {"Search": {"en": 0.9}}}
    whole = Service(build(tmp_path / "home", write_results(tmp_path / "results", scores)))
    found = score_source(whole, SourceRequest("org/large", "Search"))
    assert found.score is None
    assert [one.subset for one in found.parts] == ["en"]
    assert [(one.subset, one.split) for one in found.missing] == [("de", "test")]
    nothing = score_source(whole, SourceRequest("org/unrun", "Search"))
    assert (nothing.score, nothing.parts, nothing.files) == (None, [], [])
    assert nothing.command == "mteb run -m org/unrun -t Search"


def test_private_data_has_no_command(tmp_path: Path) -> None:
    known = catalog([task("Secret", public=False)])
    read = ingest(write_scores(tmp_path / "r", {"org/a": {"Secret": 0.5}}), known, workers=1)
    secret = Service(snapshot_of(tmp_path / "home", read))
    assert score_source(secret, SourceRequest("org/a", "Secret")).command is None


@pytest.mark.parametrize(
    "wanted",
    [
        SourceRequest("org/none", "Search"),
        SourceRequest("org/small", "None"),
        SourceRequest("org/small", "Search", "None"),
        SourceRequest("org/small", "Pairs", "Old"),
        SourceRequest("org/small", "Search", NAME, '{"a": 1}'),
        SourceRequest("org/small", "Search", NAME, "[" * 20_000),
    ],
)
def test_what_does_not_exist_is_said(service: Service, wanted: SourceRequest) -> None:
    with pytest.raises(UnknownNameError):
        score_source(service, wanted)


def test_an_experiment_is_found_by_its_parameters_however_they_are_written(
    experimental: Service,
) -> None:
    for run in ('{"embed_dim":64}', '{"embed_dim": 64.0}'):
        found = score_source(experimental, SourceRequest("org/a", "T", None, run))
        assert found.experiments == {"embed_dim": 64}
        assert found.score == 0.25
        assert found.command is None
    assert score_source(experimental, SourceRequest("org/a", "T")).score == 0.75


@pytest.fixture
def experimental(tmp_path: Path) -> Service:
    """A model with an ordinary run and an experiment."""
    root = write_scores(tmp_path / "results", {"org/a": {"T": 0.75}})
    run = next(root.rglob("T.json")).parent
    inside = run / "experiments" / "small"
    inside.mkdir(parents=True)
    body = msgspec.json.decode((run / "T.json").read_bytes())
    body["scores"]["test"][0]["main_score"] = 0.25
    (inside / "T.json").write_bytes(msgspec.json.encode(body))
    meta = {"name": "org/a", "revision": run.name, "experiment_kwargs": {"embed_dim": 64}}
    (inside / "model_meta.json").write_bytes(msgspec.json.encode(meta))
    read = ingest(root, catalog([task("T")]), workers=1)
    snapshot: Snapshot = snapshot_of(tmp_path / "home", read)
    return Service(snapshot)
