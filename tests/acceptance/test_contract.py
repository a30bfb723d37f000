"""The promise as a whole: what is known of the older boards, held against ours."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from frontrunner.checks.contract.check import check
from frontrunner.checks.contract.described_routes import routes_of
from frontrunner.checks.contract.fetch import Response, fetcher, folder_fetcher
from frontrunner.checks.contract.finding import Compatibility
from frontrunner.checks.contract.record import Record, read_record, write_record
from frontrunner.checks.contract.record_folder import record_folder
from frontrunner.checks.contract.record_running import answer_of, record_board
from frontrunner.checks.contract.report import broken, unchecked
from frontrunner.legacy.files.fresh import fresh_tree
from frontrunner.legacy.files.tree import read_tree, write_tree
from frontrunner.snapshot.reader import Snapshot
from tests.acceptance.conftest import shared
from tests.acceptance.oracle import read_recorded

pytestmark = pytest.mark.acceptance


def test_everything_that_the_first_board_exposed_is_there(
    recorded: Path, url: str, real_snapshot: Snapshot, old_board: Path, tmp_path: Path
) -> None:
    """Links, calls and raw files: 57, 72 and 126 of them, and the protocol."""
    write_tree(fresh_tree(read_tree(old_board), real_snapshot), tmp_path / "files")
    made = record_folder(recorded)
    assert (len(made.links), len(made.calls), len(made.files)) == (57, 72, 126)
    found = list(check(made, fetcher(url), folder_fetcher(tmp_path / "files")))
    assert len(found) == 256
    assert {one.verdict for one in found} == {Compatibility.COMPATIBLE}, broken(found)


def test_everything_that_mtebs_service_answered_is_there(url: str, tmp_path: Path) -> None:
    """Its 351 recorded answers as a contract: the same routes' statuses, types and shapes."""
    told = {one.path: one for one in read_recorded(shared("oracle/mteb-api-answers.tar.zst"))}
    routes = routes_of(told.pop("/openapi.json").body)
    answers = [
        answer_of(
            one.path,
            Response(one.status, "application/json", "", msgspec.json.encode(one.body)),
            routes,
        )
        for one in told.values()
    ]
    assert len({one.template for one in answers}) == len(routes)
    made = Record(source="mteb", recorded_at="then", routes=tuple(routes), answers=tuple(answers))
    write_record(made, tmp_path / "record")
    found = list(check(read_record(tmp_path / "record"), fetcher(url)))
    assert len(found) > 340
    assert broken(found) == []
    assert unchecked(found) == []


def test_a_board_keeps_its_own_contract(url: str) -> None:
    made = record_board(url, fetcher(url), [], 40).record
    assert len(made.calls) == 72
    assert {one.template for one in made.answers} >= {
        "/v1/benchmarks/{name}/scores",
        "/v1/models/{name}/scores",
        "/v1/tasks/{name}/descriptive_statistics",
    }
    assert {one.verdict for one in check(made, fetcher(url))} == {Compatibility.COMPATIBLE}
