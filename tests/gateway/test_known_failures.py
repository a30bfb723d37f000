"""What went wrong in other rollout tools, asked of ours. docs/invariants/users.md has the table."""

from __future__ import annotations

import asyncio
import re
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import msgspec
import pytest

from frontrunner.gateway.render import write_routes
from tests.gateway.conftest import PLAIN, Running, until
from tests.gateway.test_supervise import Process, running

__all__ = ["running"]
ROOT = Path(__file__).parents[2]
TABLE = ROOT / "docs" / "invariants" / "users.md"
NAVIGATION = {"accept": "text/html", "user-agent": "a browser"}
STAGES = (0, 1, 5, 25, 50, 100, 25, 0)


def board_of(gateway: Running, cookie: str, path: str = "/x") -> str:
    return str(gateway.get(path, headers={"cookie": cookie}).json()["board"])


def boards_of(gateway: Running, buckets: range) -> list[str]:
    """The board of a user of each bucket."""
    with httpx.Client(base_url=gateway.url, **PLAIN) as client:
        return [
            client.get("/x", headers={"cookie": f"frontrunner_bucket={one}"}).json()["board"]
            for one in buckets
        ]


# --- who goes where ------------------------------------------------------------------------------


def test_the_share_of_users_stays_the_share_however_often_they_come(gateway: Running) -> None:
    """flagger#1647, #1532, #1655: only the canary was sticky, so all users moved at 5 %."""
    gateway.share(5)
    users = range(0, 10_000, 100)
    visits = [boards_of(gateway, users) for _ in range(4)]
    assert visits[0].count("new") == 5
    assert all(visit == visits[0] for visit in visits)


@pytest.mark.parametrize("path", ["/", "/boards/en", "/a/b/c?d=1"])
def test_a_cookie_holds_on_every_path(gateway: Running, path: str) -> None:
    """flagger#1339; kubernetes/ingress-nginx#3717: the cookie was bound to a path."""
    gateway.share(50)
    for agent in ("one", "two", "three", "four"):
        first = gateway.get(path, headers={**NAVIGATION, "user-agent": agent})
        cookie, _, attributes = first.headers["set-cookie"].partition(";")
        assert "path=/" in attributes.lower().replace(" ", "").split(";")
        for other in ("/", "/boards/zh", "/x?y=2"):
            again = gateway.get(other, headers={"cookie": cookie, "user-agent": "changed"})
            assert again.headers["x-frontrunner-side"] == first.headers["x-frontrunner-side"]


def test_a_choice_holds_through_cutover_and_rollback(gateway: Running) -> None:
    """argo-rollouts#2726: stickiness and a swap of roles gave 503, or everybody the canary."""
    low, high = "frontrunner_bucket=10", "frontrunner_bucket=9990"
    chose_new, chose_old = f"{high}; frontrunner_choice=new", f"{low}; frontrunner_choice=old"

    def seen() -> list[str]:
        return [board_of(gateway, one) for one in (low, high, chose_new, chose_old)]

    gateway.share(50)
    assert seen() == ["new", "old", "new", "old"]
    gateway.share(100)
    assert seen() == ["new", "new", "new", "old"]
    gateway.control.finalize()
    assert seen() == ["new"] * 4
    gateway.control.change(lambda state: msgspec.structs.replace(state, settled=False))
    assert seen() == ["new", "new", "new", "old"]
    gateway.share(0)
    assert seen() == ["old", "old", "new", "old"]


def test_shares_are_real_after_every_update_and_every_recovery(gateway: Running) -> None:
    """traefik#8157, #2812, #2986: users stayed at weight 0; weights were ignored."""
    users = range(0, 10_000, 200)
    gateway.share(50)
    assert boards_of(gateway, users).count("new") == 25
    gateway.new.refuse()
    assert boards_of(gateway, users).count("old") == 50
    gateway.new.listen_again()
    until(lambda: boards_of(gateway, users).count("new") == 25, 40)
    gateway.wait_until_healthy()
    for percent, moved in ((0, 0), (2, 1), (100, 50), (0, 0)):
        gateway.share(percent)
        assert gateway.control.get_share() == percent * 100
        assert boards_of(gateway, users).count("new") == moved


def test_a_choice_works_in_every_stage(gateway: Running) -> None:
    """argo-rollouts#4486: the route of those who opted in vanished in mid-rollout."""
    for percent in STAGES:
        gateway.share(percent)
        for choice in ("new", "old"):
            assert board_of(gateway, f"frontrunner_choice={choice}") == choice
            link = gateway.get(f"/?board={choice}", headers=NAVIGATION)
            assert (link.status_code, link.headers["location"]) == (302, "/")


# --- steps ---------------------------------------------------------------------------------------


def test_a_rollback_with_nothing_in_progress_changes_nothing(gateway: Running) -> None:
    """argo-rollouts#1292: an abort with nothing in progress took the stable side away."""
    for _ in range(3):
        gateway.share(0)
        assert gateway.control.get_share() == 0
        assert set(boards_of(gateway, range(0, 10_000, 500))) == {"old"}


def test_the_last_command_wins(gateway: Running) -> None:
    """argo-rollouts#4461: an abort after "promote full" was ignored."""
    gateway.share(100)
    gateway.share(0)
    assert gateway.control.get_share() == 0
    threads = [threading.Thread(target=gateway.share, args=(one,)) for one in (1, 25, 100, 50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    gateway.share(5)
    assert gateway.control.get_share() == gateway.control.kept().share == 500
    assert boards_of(gateway, range(0, 10_000, 250)).count("new") == 2


def test_after_a_rollback_nothing_swings(gateway: Running) -> None:
    """argo-rollouts#3078: a service swung between two versions after an abort."""
    gateway.share(100)
    gateway.share(0)
    until_then = time.monotonic() + 1.5
    while time.monotonic() < until_then:
        assert set(boards_of(gateway, range(0, 10_000, 1000))) == {"old"}


def test_a_broken_old_board_does_not_hold_the_move_up(gateway: Running) -> None:
    """argo-rollouts#1774, #995, #3110: a broken stable side blocked the fix."""
    gateway.old.refuse()
    try:
        gateway.share(100)
        assert gateway.control.get_share() == 10_000
        assert set(boards_of(gateway, range(0, 10_000, 500))) == {"new"}
    finally:
        gateway.old.listen_again()
        gateway.wait_until_healthy()


def test_a_step_that_was_killed_half_way_is_put_right(gateway: Running) -> None:
    """argo-rollouts#3355: a controller crashed in the middle of a step."""
    gateway.share(5)
    folder = gateway.control.place.folder
    state = gateway.control.kept()
    half = msgspec.structs.replace(state, share=9000, generation=state.generation + 1)
    write_routes(gateway.settings, half, folder)  # and killed before the state was written
    until(lambda: gateway.control.get_share() == 9000)
    gateway.control.reconcile()
    assert gateway.control.get_share() == gateway.control.kept().share == 500
    gateway.share(25)
    assert gateway.control.get_share() == 2500


def test_a_restart_deals_nobody_anew(running: Process) -> None:
    """intuit/wasabi#157, mozilla/experimenter#8299: users were dealt again after a restart."""
    running.command("share", "50")
    agents = [f"reader {number}" for number in range(60)]

    def dealt() -> list[str]:
        with httpx.Client(base_url=f"http://127.0.0.1:{running.port}", **PLAIN) as client:
            answers = [client.get("/x", headers={"user-agent": agent}) for agent in agents]
            return [answer.headers["x-frontrunner-side"] for answer in answers]

    before = dealt()
    assert set(before) == {"old", "new"}
    running.process.terminate()
    running.process.wait(50)
    running.restart()
    assert dealt() == before


# --- shadows -------------------------------------------------------------------------------------


class Comparer:
    """What Envoy mirrors, instead of the comparer."""

    def __init__(self, socket: Path) -> None:
        self.got: list[str] = []
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(socket,))
        self._thread.start()
        assert self._ready.wait(60)

    def _run(self, socket: Path) -> None:
        self._server = self._loop.run_until_complete(
            asyncio.start_unix_server(self._serve, str(socket))
        )
        self._ready.set()
        self._loop.run_forever()
        self._server.close()
        left = asyncio.all_tasks(self._loop)
        for task in left:
            task.cancel()
        if left:
            self._loop.run_until_complete(asyncio.wait(left))
        self._loop.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            writer.close()
            return
        self.got.append(head.split(b"\r\n", 1)[0].decode().rpartition(" ")[0])
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
        writer.close()

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()


@pytest.fixture
def comparer(gateway: Running) -> Iterator[Comparer]:
    socket = gateway.control.place.socket("comparer")
    found = Comparer(socket)
    yield found
    found.stop()
    socket.unlink(missing_ok=True)


def test_only_reads_are_mirrored_and_nothing_of_an_open_page(
    gateway: Running, comparer: Comparer
) -> None:
    """flagger#244: mirrored writes doubled data."""
    gateway.control.change(lambda state: msgspec.structs.replace(state, shadow=10_000))
    owned = ["/queue/data", "/gradio_api/queue/data", "/gradio_api/heartbeat/a", "/config",
             "/call/x/1", "/file=/tmp/a", "/gradio_api/upload_progress", "/run/x"]  # fmt: skip
    with httpx.Client(base_url=gateway.url, **PLAIN) as client:
        for path in owned:
            client.get(path)
        for method in ("POST", "PUT", "DELETE", "PATCH"):
            client.request(method, "/list", content=b"a=1")
        client.get("/list?page=1")
    until(lambda: "GET /list?page=1" in comparer.got)
    assert set(comparer.got) == {"GET /list?page=1"}


# --- the table -----------------------------------------------------------------------------------


def rows() -> list[tuple[str, list[str], str]]:
    """Number, references and last cell of each row."""
    found = []
    for line in TABLE.read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if cells[0].isdigit():
            found.append((cells[0], re.findall(r"#\d+", cells[1]), cells[-1]))
    return found


def docstring(test: str) -> str:
    path, _, name = test.partition("::")
    written = re.search(
        rf'^def {name}\([^"]*?\) -> None:\n    """(.*?)"""',
        (ROOT / path).read_text("utf-8"),
        re.DOTALL | re.MULTILINE,
    )
    return written[1] if written else ""


def test_every_failure_is_named_by_a_test_or_left_to_the_take_over() -> None:
    assert [row[0] for row in rows()] == [str(number) for number in range(1, 46)]
    for number, references, held in rows():
        tests = re.findall(r"`(tests/[^`]+)`", held)
        assert tests or held == "take-over", number
        if tests:
            named = " ".join(docstring(one) for one in tests)
            assert all(docstring(one) for one in tests), number
            assert all(reference in named for reference in references), (number, references)


def test_every_pitfall_has_a_test() -> None:
    _, _, rest = TABLE.read_text("utf-8").partition("## Pitfalls of ")
    lines = [line for line in rest.partition("\n## ")[0].splitlines() if "`tests/" in line]
    assert len(lines) == 15
    for line in lines:
        for test in re.findall(r"`(tests/[^`]+)`", line):
            path, _, name = test.partition("::")
            assert f"\ndef {name}(" in (ROOT / path).read_text("utf-8"), test
