"""Bodies of the API: prepared bytes as they are, others encoded once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from frontrunner.answers.bodies import Bodies
from frontrunner.answers.filters import ModelFilter, RankRequest, TaskFilter
from frontrunner.answers.service import Service
from frontrunner.base.errors import UnknownNameError, UsageError
from frontrunner.snapshot.answers import Encoded, body_tag
from tests.factories import small_snapshot


@pytest.fixture(scope="module")
def bodies(tmp_path_factory: pytest.TempPathFactory) -> Bodies:
    return Bodies(Service(small_snapshot(tmp_path_factory.mktemp("bodies"))))


def test_an_answer_is_made_once_for_each_question(bodies: Bodies) -> None:
    made: list[Callable[[], Encoded]] = [
        lambda: bodies.rank(RankRequest(benchmark="All")),
        lambda: bodies.scores("All", ("English",)),
        lambda: bodies.tasks(TaskFilter(types=("STS",))),
        lambda: bodies.models(ModelFilter(name="a")),
        lambda: bodies.task_scores("T1", "any"),
        lambda: bodies.export("All", "csv"),
    ]
    for make in made:
        assert make() is make()
        assert make().tag == body_tag(make().identity)


def test_other_questions_have_other_answers(bodies: Bodies) -> None:
    assert bodies.scores("All").identity != bodies.scores("All", ("German",)).identity
    assert bodies.scores("All", ("eng", "deu")) is bodies.scores("All", ("German", "English"))
    assert bodies.task_scores("T1").identity != bodies.task_scores("T1", "any").identity
    ranked = [bodies.rank(RankRequest(benchmark="All", policy=p)) for p in ("strict", "lenient")]
    assert ranked[0].identity != ranked[1].identity


def test_a_language_without_results_is_not_the_whole_board(bodies: Bodies) -> None:
    assert msgspec.json.decode(bodies.scores("All", ("German",)).identity)["rows"] == []


def test_lists_are_those_without_a_filter(bodies: Bodies) -> None:
    assert bodies.tasks(TaskFilter()).identity == bodies.prepared("tasks").identity  # type: ignore[union-attr]
    assert bodies.models(ModelFilter()).identity == bodies.prepared("models").identity  # type: ignore[union-attr]
    assert len(msgspec.json.decode(bodies.benchmarks(True).identity)) == 1


def test_files_have_their_media_types(bodies: Bodies) -> None:
    assert bodies.export("All", "csv").media_type == "text/csv; charset=utf-8"
    parquet = bodies.export("All", "parquet")
    assert parquet.media_type == "application/vnd.apache.parquet"
    assert parquet.identity.startswith(b"PAR1")


def test_what_does_not_exist_is_an_error(bodies: Bodies) -> None:
    for call in (bodies.benchmark, bodies.scores, bodies.task, bodies.task_scores, bodies.model):
        with pytest.raises(UnknownNameError):
            call("nothing")
    with pytest.raises(UnknownNameError, match="No descriptive stats"):
        bodies.statistics("T1")
    with pytest.raises(UnknownNameError, match="Unknown task"):
        bodies.statistics("nothing")
    with pytest.raises(UsageError):
        bodies.scores("All", ("Klingon",))


def test_an_error_is_not_cached(tmp_path: Path) -> None:
    fresh = Bodies(Service(small_snapshot(tmp_path)))
    for _ in range(2):
        with pytest.raises(UsageError):
            fresh.rank(RankRequest())
