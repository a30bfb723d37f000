"""All 78 boards, each narrowed to languages too, as mteb computes them from the same files."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from pathlib import Path

import anyio
import httpx
import pytest

from frontrunner.http.app import Application
from frontrunner.snapshot.reader import Snapshot
from tests.acceptance.exceptions import settle
from tests.acceptance.oracle import comparable, differences

pytestmark = pytest.mark.acceptance
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def peer_answers(real_results: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """What mteb's service answers, one file for each board and view."""
    subprocess.run(["make", "setup-peer"], cwd=ROOT, check=True)  # noqa: S607
    out = tmp_path_factory.mktemp("peer")
    python = ROOT / ".venv-peer/bin/python"
    command = [str(python), "-m", "bench.peer.boards", str(real_results), str(out)]
    subprocess.run(command, cwd=ROOT, check=True)
    return sorted(out.glob("*.json"))


def test_all_boards_are_those_of_mteb(real_snapshot: Snapshot, peer_answers: list[Path]) -> None:
    application = Application(real_snapshot)
    wrong: dict[str, list[str]] = {}

    async def compare() -> None:
        transport = httpx.ASGITransport(application)
        async with httpx.AsyncClient(transport=transport, base_url="http://board") as client:
            for file in peer_answers:
                recorded = json.loads(file.read_bytes())
                ours = (await client.get(recorded["path"])).json()
                theirs, settled = settle(recorded["path"], recorded["body"], ours)
                found = list(differences(comparable(theirs), comparable(settled)))
                if found:
                    wrong[recorded["path"]] = found[:5]

    anyio.run(compare)
    assert wrong == {}
    assert len(peer_answers) == 2 * 78 + 388


def test_every_board_with_results_is_narrowed(peer_answers: list[Path]) -> None:
    narrowed: Counter[str] = Counter()
    ranked: set[str] = set()
    for file in peer_answers:
        recorded = json.loads(file.read_bytes())
        board, _, query = recorded["path"].partition("/scores")
        narrowed[board] += query.startswith("?languages=")
        if not query and recorded["body"]["rows"] and not board.endswith("/per-language"):
            ranked.add(board)
    assert len(ranked) == 75
    assert min(narrowed[board] for board in ranked) == 4
