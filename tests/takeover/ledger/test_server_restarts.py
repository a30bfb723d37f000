"""The ledger's PostgreSQL stops while a controller works, and comes back: a real server.

The server is of these tests alone, because others in the session use theirs meanwhile.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from frontrunner.gateway.transition import transition_file
from frontrunner.takeover.ledger.lease import Lease
from frontrunner.takeover.ledger.ledger import Ledger
from frontrunner.takeover.records import Acted, Cause, Decided, Entry, Intended, Record, Verb
from frontrunner.takeover.stages import Mode, Stage, World
from tests.cli.test_takeover_run import QUICK, command, run, status
from tests.gateway.conftest import Running, _one_gateway, gateway, until
from tests.postgres import Cluster, running
from tests.takeover.fake_book import FakeBook
from tests.takeover.sim import Sim

__all__ = ["_one_gateway", "gateway"]
pytestmark = pytest.mark.postgres


@pytest.fixture(scope="module")
def server() -> Iterator[Cluster]:
    with running() as cluster:
        yield cluster


@pytest.fixture
def url(server: Cluster) -> Iterator[str]:
    with server.database() as found:
        yield found


class Book(FakeBook):
    """The real ledger and the real lease, where the take-over in memory expects its own."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger, self.lease = ledger, Lease(ledger.database, 30.0)

    @property
    def stored(self) -> list[Entry]:  # type: ignore[override]
        return list(self.ledger.entries())

    def append(
        self, actor: str, plan: str, record: Record, *, token: int = 0, at: float | None = None
    ) -> Entry:
        return self.ledger.append(actor, plan, record, token=token, at=at)

    def entries(self, after: int = 0) -> Iterable[Entry]:
        return self.ledger.entries(after=after)

    def acquire(self, holder: str, above: int = 0) -> int | None:
        return self.lease.acquire(holder, above)

    def renew(self, token: int) -> bool:
        return self.lease.renew(token)

    def release(self, token: int) -> None:
        self.lease.release(token)


@pytest.fixture
def sim(url: str, tmp_path: Path) -> Iterator[Sim]:
    """A take-over in memory, but for its ledger, at 1 %."""
    with closing(Ledger(url, tmp_path)) as ledger:
        found = Sim()
        found.book = Book(ledger)
        found.controller = found.another("controller 1")
        found.go_to(Stage.SHIFTING)
        yield found
        verified = ledger.verify()
        assert verified.holds, verified.text


def test_users_stay_while_the_server_is_down_and_the_controller_goes_on(
    server: Cluster, sim: Sim
) -> None:
    before = sim.book.stored
    server.stop()
    try:
        for _ in range(3):
            look = sim.tick(3601)
            assert look is not None
            assert look.blockers, "it says what is wrong"
        assert sim.share == 100
        assert sim.witness.troubles
    finally:
        server.start()
    assert sim.do(Verb.ROLLBACK, reason="a drill").startswith("Rolled back by cli:ada")
    assert (sim.mode(), sim.share) == (Mode.ROLLED_BACK, 0)
    assert sim.book.stored[: len(before)] == before, "nothing is lost"


@pytest.mark.parametrize("at", ["read", "write"])
def test_a_server_that_stops_in_the_middle_of_a_step_loses_and_doubles_nothing(
    server: Cluster, sim: Sim, at: str
) -> None:
    """Between the intent and its outcome, or as the data plane is read."""
    sim.plane.interrupts[at] = server.stop
    try:
        sim.tick(3601)
    finally:
        server.stop()
        server.start()
    sim.tick(3601)
    moves = [one for one in sim.records(Decided)
             if isinstance(one, Decided) and one.after.step == 1]  # fmt: skip
    assert len(moves) == 1
    assert (sim.position().step, sim.share) == (1, 500)
    done = [one.intent for one in sim.records(Acted) if isinstance(one, Acted) and not one.error]
    assert len(done) == len(set(done)) == len(sim.records(Intended))


def test_users_taken_back_by_hand_meanwhile_are_found_as_a_rollback(
    server: Cluster, sim: Sim
) -> None:
    server.stop()
    try:
        sim.tick()
        sim.plane.world = World()  # frontrunner gateway share 0 --force
        sim.tick()
        assert sim.share == 0, "it is not undone"
    finally:
        server.start()
    sim.tick()
    sim.tick()
    last = sim.records(Decided)[-1]
    assert isinstance(last, Decided)
    assert (sim.mode(), last.cause, sim.share) == (Mode.ROLLED_BACK, Cause.DRIFT, 0)


def test_a_controller_in_a_process_of_its_own(
    server: Cluster, url: str, gateway: Running, tmp_path: Path
) -> None:
    """`takeover rollback` says what to do without the ledger, and that works."""
    (tmp_path / "frontrunner.toml").write_text(
        f'[gateway]\nold = "{gateway.old.url}"\nnew = "{gateway.new.url}"\nlisten = '
        f'"127.0.0.1:{gateway.port}"\nstate = "{gateway.control.place.folder}"\n'
        f'[takeover]\ntick = "200ms"\nshares = [5, 100]\ndatabase = "{url}"\n'
        f"[takeover.parallel]\n{QUICK}[takeover.guided]\n{QUICK}"
        f"[takeover.shifting]\n{QUICK}approve = true\n"
    )
    with (tmp_path / "said").open("w") as said:
        controller = subprocess.Popen(command(tmp_path, "start"), stderr=said)
    try:
        until(lambda: gateway.control.kept().banner, 60)
        assert run(tmp_path, "approve").returncode == 0
        until(lambda: gateway.control.get_share() == 500)
        before = run(tmp_path, "log").stdout
        server.stop()
        try:
            refused = run(tmp_path, "rollback")
            assert refused.returncode == 10, refused.stderr
            assert "frontrunner gateway share 0 --force" in refused.stderr
            until(lambda: "frontrunner" in (tmp_path / "said").read_text(), 30)
            assert gateway.control.get_share() == 500
            by_hand = subprocess.run(
                [sys.executable, "-m", "frontrunner", "gateway", "share", "0", "--force",
                 "--home", str(tmp_path)], capture_output=True, text=True, check=False,
            )  # fmt: skip
            assert by_hand.returncode == 0, by_hand.stderr
            assert gateway.control.get_share() == 0
        finally:
            server.start()
        until(lambda: "rolled_back" in json.dumps(status(tmp_path)["position"]), 60)
        assert controller.poll() is None, "it went on by itself"
        assert run(tmp_path, "log").stdout.startswith(before)
        assert run(tmp_path, "retry", "--wait", "60").returncode == 0
        assert run(tmp_path, "rollback", "--wait", "60").returncode == 0
        assert run(tmp_path, "verify").returncode == 0
    finally:
        controller.terminate()
        controller.wait(30)
        transition_file(gateway.control.place.folder).unlink(missing_ok=True)
