"""Parity, contract and links as a controller runs them: real workers, two boards over HTTP."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from frontrunner.base.config import load_settings
from frontrunner.base.gate_settings import ContractGate, GateSettings, LinksGate, ParityGate
from frontrunner.base.takeover_settings import StageSettings, TakeoverSettings
from frontrunner.checks.contract.record import Answer, Link, Record, write_record
from frontrunner.checks.gates import Verdict
from frontrunner.results.ingest import ingest
from frontrunner.snapshot.store import Store
from frontrunner.takeover.fold import State
from frontrunner.takeover.judging import Judging, judging_of
from frontrunner.takeover.plan import plan_of
from frontrunner.takeover.plane import Reality, Side
from frontrunner.takeover.records import Reading
from frontrunner.takeover.stages import Position, Stage, World
from tests.factories import catalog, result, snapshot_of, task, write
from tests.legacy.factory import row, write_board

NAMES = ("parity", "contract", "links")
HTML = "text/html"
PAGES = {path: (HTML, f"<title>{path}</title><h1>{path}</h1>") for path in ("/", "/a", "/b")}


class Site:
    """A board with some pages, which may change while it runs."""

    def __init__(self) -> None:
        self.pages = dict(PAGES)
        self.url = ""

    @contextmanager
    def served(self) -> Iterator[Site]:
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                kind, text = site.pages.get(self.path.partition("?")[0], ("text/plain", ""))
                self.send_response(200 if text else 404)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, format: str, *args: object) -> None:
                pass

        with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            self.url = f"http://127.0.0.1:{server.server_address[1]}"
            yield self
            server.shutdown()


class Room:
    """A take-over in `parallel` with the three gates, over two sites."""

    def __init__(self, folder: Path, old: Site, new: Site) -> None:
        self.folder, self.old, self.new = folder, old, new
        self.version = 0
        gates = tuple(self._gates())
        self.plan = plan_of(
            TakeoverSettings(gate=gates, parallel=StageSettings(gates=NAMES, deadline="1d"))
        )
        self.judging: Judging = judging_of(
            load_settings(folder, {}, gateway={"old": old.url, "new": new.url})
        )

    def _gates(self) -> Iterator[GateSettings]:
        for name, score in (("a", 0.5), ("b", 0.7)):
            found = result("T1", {"test": {"default": score}})
            write(self.folder / "results", f"org__{name}/main/T1.json", found)
        known = catalog([task("T1")], models=["org/a", "org/b"])
        snapshot_of(self.folder, ingest(self.folder / "results", known, workers=1))
        self.publish(Store(self.folder).current_id() or "")
        record = Record(
            source="old",
            recorded_at="today",
            answers=(Answer("/a", "/a", 200, HTML),),
            links=(Link("/a"), Link("/b")),
        )
        write_record(record, self.folder / "record")
        limits = self.folder / "limits.toml"
        limits.write_text('[[gate]]\nname = "equal"\nmeasure = "equal_share"\nat_least = 1.0\n'
                          'minimum_sample = 1\nreason = "r"\n')  # fmt: skip
        self.numbers(50.0, 70.0)
        yield ParityGate(name="parity", legacy=str(self.folder / "old"), limits=str(limits))
        yield ContractGate(name="contract", record=str(self.folder / "record"))
        yield LinksGate(name="links", record=str(self.folder / "record"))

    def publish(self, snapshot: str) -> None:
        self.new.pages["/v1/snapshot"] = ("application/json", json.dumps({"id": snapshot}))

    def numbers(self, *scores: float) -> None:
        """What the old board shows."""
        rows = [row(name, {"T1": score}) for name, score in zip("ab", scores, strict=True)]
        write_board(self.folder / "old", {"en/STS": rows})

    def look(self) -> dict[str, Reading]:
        """What the gates say of new code and new data on both sides."""
        self.version += 1
        seen = str(self.version)
        state = State(
            position=Position(stage=Stage.PARALLEL), counts_at=1.0,
            old_code=seen, new_code=seen, old_data=seen, new_data=seen,
        )  # fmt: skip
        side = Side(healthy=True)
        reality = Reality(world=World(), old=side, new=side)
        until = time.monotonic() + 120
        while time.monotonic() < until:
            found = {one.gate: one for one in self.judging.readings(state, self.plan, reality)}
            if all("has not run yet" not in found[name].text for name in NAMES):
                return found
            time.sleep(0.05)
        raise AssertionError("the checks did not end")


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with Site().served() as old, Site().served() as new:
        found = Room(tmp_path, old, new)
        yield found
        found.judging.close()


def verdicts(room: Room) -> dict[str, Verdict]:
    found = room.look()
    return {name: found[name].verdict for name in NAMES}


FINE = dict.fromkeys(NAMES, Verdict.PASSED)


def test_each_fails_on_its_own_fault_and_passes_once_it_is_mended(room: Room) -> None:
    assert verdicts(room) == FINE
    room.numbers(50.0, 11.0)
    assert verdicts(room) == {**FINE, "parity": Verdict.FAILED}
    room.numbers(50.0, 70.0)
    del room.new.pages["/b"]
    assert verdicts(room) == {**FINE, "links": Verdict.FAILED, "contract": Verdict.FAILED}
    room.new.pages["/b"] = PAGES["/b"]
    room.new.pages["/a"] = ("application/json", '{"a": 1}')
    found = verdicts(room)
    assert (found["contract"], found["parity"]) == (Verdict.FAILED, Verdict.PASSED)
    room.new.pages["/a"] = PAGES["/a"]
    assert verdicts(room) == FINE


def test_a_change_of_the_old_board_is_noticed_too(room: Room) -> None:
    del room.old.pages["/b"]
    found = verdicts(room)
    assert found == {**FINE, "links": Verdict.INCONCLUSIVE, "contract": Verdict.INCONCLUSIVE}


def test_a_snapshot_that_the_home_does_not_have_is_an_error(room: Room) -> None:
    room.publish("another")
    assert verdicts(room) == {**FINE, "parity": Verdict.ERROR}
