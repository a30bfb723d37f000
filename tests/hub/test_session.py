"""Calls end, errors say what to do, and no token is in anything that is written."""

from __future__ import annotations

import logging
import subprocess
import sys
import traceback
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from huggingface_hub.utils._runtime import is_xet_available

from frontrunner.base.errors import (
    HubError,
    HubRightsError,
    HubUnavailableError,
    NotOnHubError,
    PaymentError,
    UnknownOutcomeError,
)
from frontrunner.hub import session
from frontrunner.hub.reading import commits_of, facts_of, files_of, reading_files, runtime_of
from frontrunner.hub.session import Hub as Opened
from frontrunner.hub.session import open_hub
from frontrunner.hub.standin.faults import Fault, hang, lost_commit, rate_limited, refusal
from tests.hub.made_hub import BOARD, TOKEN, Hub, wait_until

READS: dict[str, Callable[[Opened, str], object]] = {
    "facts": lambda opened, commit: facts_of(opened, BOARD),
    "runtime": lambda opened, commit: runtime_of(opened, BOARD),
    "files": lambda opened, commit: files_of(opened, BOARD, commit),
    "commits": lambda opened, commit: commits_of(opened, BOARD),
}
FAULTS = [
    refusal(401, f"Invalid token {TOKEN}"),
    refusal(403, f"{TOKEN} may not"),
    refusal(404, TOKEN),
    refusal(500, TOKEN, times=9),
    Fault(work="not done", status=400, body=f"<p>{TOKEN}</p>"),
    Fault(work="not done", status=418, headers={"X-Error-Message": TOKEN}),
    Fault(work="not done", status=307, headers={"Location": f"/api/spaces/x/{TOKEN}"}),
    Fault(answer="lost", times=9),
    Fault(work="not done", status=200, body='{"a'),
]


@pytest.mark.parametrize("read", READS.values(), ids=READS)
@pytest.mark.parametrize("answer", ["held", "dribbled"])
def test_a_hanging_call_ends(hub: Hub, read: Callable[[Opened, str], object], answer: str) -> None:
    """The client itself waits for ever."""
    opened, commit = hub.opened(seconds=0.3), hub.board.head.id
    fault = hang(20, path=BOARD)
    if answer == "dribbled":
        fault = Fault(path=BOARD, answer="dribbled", seconds=20)
    hub.stored.inject(fault)
    with pytest.raises(HubUnavailableError, match=r"Reading|Listing"):
        read(opened, commit)


@pytest.mark.parametrize("read", READS.values(), ids=READS)
@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_errors_that_pass_are_tried_again(
    hub: Hub, read: Callable[[Opened, str], object], status: int
) -> None:
    """The client repeats only some of its calls."""
    hub.stored.inject(refusal(status, path=BOARD, times=3))
    assert read(hub.opened(), hub.board.head.id)


def test_a_rate_limit_beyond_the_time_is_an_error_at_once(hub: Hub) -> None:
    """The client would sleep as long as the server says."""
    hub.stored.inject(rate_limited(100_000, path="/commits/"))
    with pytest.raises(HubUnavailableError, match="wait 100001 seconds"):
        commits_of(hub.opened(), BOARD)


@pytest.mark.parametrize(
    ("status", "kind", "text"),
    [
        (401, HubRightsError, "frontrunner hub rights"),
        (402, PaymentError, "plan"),
        (403, HubRightsError, "frontrunner hub rights"),
        (404, NotOnHubError, "Why"),
        (500, UnknownOutcomeError, "Why"),
        (418, HubError, "418"),
    ],
)
def test_errors_by_status(hub: Hub, status: int, kind: type[HubError], text: str) -> None:
    hub.stored.inject(refusal(status, "Why", path="/pause"))
    opened = hub.opened()
    with pytest.raises(kind, match=text) as error:
        opened.write("Pausing", lambda: opened.api.pause_space(BOARD))
    assert str(error.value).startswith("Pausing: the Hub answered")


def test_a_change_whose_answer_is_lost_has_an_unknown_outcome(hub: Hub) -> None:
    opened = hub.opened()
    hub.stored.inject(Fault(path="/pause", answer="lost"))
    with pytest.raises(UnknownOutcomeError):
        opened.write("Pausing", lambda: opened.api.pause_space(BOARD))
    assert hub.asked("POST", "/pause") == 1
    assert runtime_of(opened, BOARD).stage == "PAUSED"


def test_xet_is_not_used_for_it_has_no_limits(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_DISABLE_XET", False)
    hub.opened()
    assert not is_xet_available()


def test_without_a_token_none_of_the_machine_is_used(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    facts_of(hub.opened(None), BOARD)
    assert hub.stored.asked[-1][2] == "anonymous"


@pytest.mark.parametrize("fault", FAULTS, ids=range(len(FAULTS)))
def test_no_token_is_in_an_error_or_its_traceback(
    hub: Hub, fault: Fault, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    opened = replace(hub.opened(), waits=())
    hub.stored.inject(fault)
    with pytest.raises(HubError) as error:
        facts_of(opened, BOARD)
    shown = "".join(traceback.format_exception(error.value))
    assert "Reading board/leaderboard" in shown or "is now" in shown
    printed = capfd.readouterr()
    for text in (shown, repr(error.value), repr(opened), caplog.text, *printed):
        assert TOKEN not in text


def test_no_token_is_in_the_error_of_a_commit(hub: Hub, caplog: pytest.LogCaptureFixture) -> None:
    from frontrunner.hub.committing import commit
    from tests.hub.test_committing import QUICK, guarded

    caplog.set_level(logging.DEBUG)
    asked = guarded(hub)
    hub.stored.inject(lost_commit(), refusal(500, TOKEN, path="/commits/", times=99))
    with pytest.raises(HubError) as error:
        commit(hub.opened(seconds=1), asked, QUICK)
    assert TOKEN not in "".join(traceback.format_exception(error.value)) + caplog.text


def test_no_token_is_in_the_process_list(hub: Hub, tmp_path: Path) -> None:
    """A program that asks the Hub with a token from a file, seen from outside."""
    file = tmp_path / "token"
    file.write_text(TOKEN)
    file.chmod(0o600)
    program = (
        "import sys, subprocess\n"
        "from frontrunner.hub.access import read_token\n"
        "from frontrunner.hub.reading import facts_of\n"
        "from frontrunner.hub.session import open_hub\n"
        "opened = open_hub(sys.argv[1], read_token(sys.argv[2]))\n"
        f"print(facts_of(opened, {BOARD!r}).likes)\n"
        "sys.stdout.flush(); sys.stdin.read()\n"
    )
    command = [sys.executable, "-c", program, hub.url, str(file)]
    with (tmp_path / "out").open("wb") as out:
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=out)
    try:
        wait_until(lambda: (tmp_path / "out").read_text() == "3\n", "the answer")
        for name in ("cmdline", "environ"):
            assert TOKEN.encode() not in Path(f"/proc/{process.pid}/{name}").read_bytes()
    finally:
        process.kill()
        process.communicate(timeout=20)


def test_files_are_read_with_their_hashes_checked(hub: Hub) -> None:
    opened, commit = hub.opened(), hub.board.head.id
    files = files_of(opened, BOARD, commit)
    with reading_files(opened, BOARD, commit) as read:
        assert read("app.py", files["app.py"]).startswith(b"import gradio")
        with pytest.raises(HubError, match="does not match its hash"):
            read("app.py", files["README.md"])
        with pytest.raises(NotOnHubError):
            read("none", files["README.md"])


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://127.0.0.1:1", True),
        ("http://localhost:1/", True),
        ("https://hub.example", False),
        ("https://10.0.0.1", False),
    ],
)
def test_whether_a_hub_is_on_this_machine(url: str, expected: bool) -> None:
    assert open_hub(url, None).is_local == expected
    assert session.open_hub(url, None).endpoint == url.rstrip("/")
