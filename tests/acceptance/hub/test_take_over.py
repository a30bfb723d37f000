"""The first MTEB board's files as the old Space, a snapshot of the real results as the new one."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import httpx
import msgspec
import pytest

from frontrunner.checks.contract.record import write_record
from frontrunner.checks.contract.record_folder import record_folder
from frontrunner.hub.standin.exchange import Reply
from frontrunner.hub.standin.live_sites import Site
from frontrunner.snapshot.reader import Snapshot
from frontrunner.takeover.on_hub.rehearsal_report import rehearsals_page
from frontrunner.takeover.on_hub.rehearsed_faults import Order
from frontrunner.takeover.on_hub.rehearsing import rehearse
from tests.hub.conftest import plain_client

__all__ = ["plain_client"]
pytestmark = pytest.mark.acceptance
OLD_README = (
    "---\ntitle: MTEB Leaderboard\nemoji: 🥇\nsdk: gradio\nsdk_version: 4.20.0\napp_file: app.py\n"
    "pinned: true\nlicense: mit\n---\n"
)
NEW_README = "---\ntitle: MTEB Leaderboard\nemoji: 🥇\nsdk: docker\napp_port: 7860\n---\n# New\n"
DOCKERFILE = "FROM frontrunner\nCOPY snapshot /home/user/snapshot\n"
KEPT = ("content-type", "location")


def old_space(files: Path, folder: Path) -> Path:
    shutil.copytree(files, folder)
    (folder / "README.md").write_text(OLD_README)
    (folder / "app.py").write_text("import gradio as gr\n\ngr.Blocks().launch()\n")
    return folder


def new_space(snapshot: Snapshot, folder: Path) -> Path:
    shutil.copytree(snapshot.folder, folder / "snapshot")
    (folder / "README.md").write_text(NEW_README)
    (folder / "Dockerfile").write_text(DOCKERFILE)
    return folder


def containers(url: str, recorded: Path) -> Callable[[Site, str], Reply]:
    """The new board answers from its real server, the old one from what was recorded of it."""

    def answer(site: Site, path: str) -> Reply:
        if b"sdk: docker" in site.files["README.md"]:
            found = httpx.get(f"{url}{path}", timeout=60)
            headers = tuple((one, found.headers[one]) for one in KEPT if one in found.headers)
            return Reply(found.status_code, found.content, headers)
        file = recorded / f"{path.strip('/')}.json"
        if file.is_file():
            return Reply(200, file.read_bytes(), (("Content-Type", "application/json"),))
        status = 200 if path == "/" else 404
        return Reply(status, b"<!doctype html><title>MTEB Leaderboard</title>")

    return answer


@pytest.mark.parametrize("strategy", ["overwrite", "rename"])
def test_the_real_board_takes_over_the_first_ones_space(
    strategy: str,
    old_board: Path,
    recorded: Path,
    url: str,
    real_snapshot: Snapshot,
    tmp_path: Path,
) -> None:
    """The contract and the links of the old board are held against the live address."""
    record = msgspec.structs.replace(record_folder(recorded), files=())
    write_record(record, tmp_path / "record")
    order = Order(
        strategy=strategy,
        old=old_space(old_board, tmp_path / "old"),
        new=new_space(real_snapshot, tmp_path / "new"),
        record=tmp_path / "record",
        seconds=900,
    )
    found = rehearse(order, tmp_path / "rehearsal", {"": containers(url, recorded)})
    page = rehearsals_page([found])
    (tmp_path / "report.html").write_text(page, encoding="utf-8")
    assert found.all_held, found.held
    for stage in ("parallel", "cutover"):
        [left] = [
            one.readings
            for one in found.report.decisions
            if one.before.stage == stage and one.after.stage != stage
        ]
        verdicts = {one.gate: (str(one.verdict), one.sample) for one in left}
        assert verdicts["contract"] == ("passed", len(record)), left
        assert verdicts["links"] == ("passed", len(record.links)), left
    assert "The name has the new board&#39;s files, and no other." in page
    assert [one.board for one in found.observed.served][-1] == "new"
