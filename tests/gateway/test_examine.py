"""What the doctor finds: Envoy, settings, certificate, boards."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import trustme

from frontrunner.base.gateway_settings import GatewaySettings
from frontrunner.gateway import examine as module
from frontrunner.gateway.examine import examine
from frontrunner.gateway.state import GatewayState, save_state
from frontrunner.net.client import get
from tests.gateway.boards import Board
from tests.ports import free_port


@pytest.fixture(scope="module")
def boards() -> Iterator[tuple[Board, Board]]:
    found = Board("old", pages=("/",)).start(), Board("new").start()
    yield found
    for one in found:
        one.stop()


def of(boards: tuple[Board, Board], **more: Any) -> GatewaySettings:
    return GatewaySettings(**{"old": boards[0].url, "new": boards[1].url, **more})


def states(settings: GatewaySettings, folder: Path) -> list[tuple[str, str]]:
    return [(one.what, one.state) for one in examine(settings, folder)]


FINE = [("Envoy", "ok"), ("gateway", "ok")]


def test_without_settings_nothing_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENVOY_BIN", str(tmp_path / "none"))
    assert states(GatewaySettings(), tmp_path) == [("gateway", "absent")]


def test_a_gateway_that_has_run_needs_its_envoy_though_its_settings_are_gone(
    tmp_path: Path,
) -> None:
    save_state(tmp_path, GatewayState())
    assert states(GatewaySettings(), tmp_path) == [("Envoy", "ok"), ("gateway", "absent")]


def test_boards_that_answer(boards: tuple[Board, Board], tmp_path: Path) -> None:
    assert states(of(boards), tmp_path) == [*FINE, ("old board", "ok"), ("new board", "ok")]


def test_the_rules_for_differences_are_read_without_envoy_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = tmp_path / "shadow.toml"
    rules.write_text("[[ignore]]\nname = 'x'\n")
    found = examine(GatewaySettings(), tmp_path)[0]
    assert (found.what, found.state) == ("ignore rules", "wrong")
    assert f"{rules} cannot be used: the rule at line 1: Object missing" in found.text
    rules.write_text("[[ignore]]\nname='x'\nowner='a'\nreason='b'\nuntil=2026-01-31\n")
    found = examine(GatewaySettings(), tmp_path)[0]
    assert (found.state, "expired, so these ignore nothing: x" in found.text) == ("ok", True)
    rules.write_text("")
    assert "ignore rules" not in [one.what for one in examine(GatewaySettings(), tmp_path)]


def test_a_page_of_the_old_board_that_the_new_one_would_take(
    boards: tuple[Board, Board], tmp_path: Path
) -> None:
    boards[0].pages = ("/", "/compare", "/models", "/about")
    try:
        found = [one for one in examine(of(boards), tmp_path) if one.state == "wrong"]
        assert [one.what for one in found] == ["old board"]
        assert "answers /compare, /models, which the gateway gives to the new" in found[0].text
        kept = of(boards, old_paths=("/compare", "/models*"))
        assert all(one.state == "ok" for one in examine(kept, tmp_path))
    finally:
        boards[0].pages = ("/",)


@pytest.fixture
def any_path(boards: tuple[Board, Board]) -> Iterator[tuple[Board, Board]]:
    """The boards, the old one of which answers any path with 200."""
    boards[0].pages, boards[0].asked = (), []
    yield boards
    boards[0].pages = ("/",)


def test_an_old_board_that_answers_any_path_is_not_taken_to_have_each_page(
    any_path: tuple[Board, Board], tmp_path: Path
) -> None:
    health, found = [one for one in examine(of(any_path), tmp_path) if one.what == "old board"]
    assert (health.state, found.state) == ("ok", "ok")
    [made_up] = [one.target for one in any_path[0].asked if "made-up" in one.target]
    assert found.text.startswith(
        f"{any_path[0].url} answers any path, also {made_up}, so its answers do not tell which "
        "pages it has. The gateway gives /_assets, /benchmark, /boards, "
    )
    assert found.text.endswith(
        "/zh to the new board. Add to gateway.old_paths only what visitors of the old board use "
        "of these."
    )


def test_the_health_path_of_an_old_board_that_answers_any_path_proves_little(
    any_path: tuple[Board, Board], tmp_path: Path
) -> None:
    given = {"old_kind": "mteb", "old_paths": ("/_assets*",)}
    settings = of(any_path, old_health="/healthz", **given)
    found = [one for one in examine(settings, tmp_path) if one.what == "old board"][-1]
    assert "Its answer to gateway.old_health (/healthz) shows that the board works only" in (
        found.text
    )
    assert "The gateway gives" not in found.text
    [said] = [
        one.text
        for one in examine(of(any_path, old_health="/up/", **given), tmp_path)
        if "made-up" in one.text
    ]
    assert "gateway.old_health (/up/)" in said, "as it is set"
    for health in ("", "/"):
        assert len(states(of(any_path, old_health=health, **given), tmp_path)) == 4
    any_path[0].pages = ("/", "/healthz")
    assert len(states(settings, tmp_path)) == 4


def test_another_server_of_this_program_as_the_old_board(
    boards: tuple[Board, Board], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    boards[0].pages = ("/", "/compare", "/models", "/v1/snapshot")

    def ours(url: str, *given: Any) -> Any:
        answer = get(url, *given)
        return answer._replace(body=b'{"builder":"frontrunner 1.0"}') if "/v1/" in url else answer

    monkeypatch.setattr(module, "get", ours)
    try:
        assert all(one.state == "ok" for one in examine(of(boards), tmp_path))
    finally:
        boards[0].pages = ("/",)


def test_boards_that_do_not(boards: tuple[Board, Board], tmp_path: Path) -> None:
    gone = f"http://127.0.0.1:{free_port()}"
    found = examine(of(boards, old=gone), tmp_path)
    assert [one.state for one in found[2:]] == ["wrong", "ok"]
    assert "correct gateway.old" in found[2].text
    boards[1].mode, boards[1].is_well = "500", False
    try:
        unhealthy = examine(of(boards), tmp_path)[-1]
    finally:
        boards[1].mode, boards[1].is_well = "ok", True
    assert unhealthy.state == "wrong"
    assert "answers 500, not 200. Set gateway.new_health" in unhealthy.text


def test_a_board_that_only_its_own_authority_vouches_for_is_not_asked(
    boards: tuple[Board, Board], tmp_path: Path
) -> None:
    (tmp_path / "ca.pem").write_bytes(trustme.CA().cert_pem.bytes())
    settings = of(boards, old="https://old.example", ca=str(tmp_path / "ca.pem"))
    assert states(settings, tmp_path)[2:] == [("old board", "absent"), ("new board", "ok")]


@pytest.mark.parametrize(("year", "state"), [(2020, "wrong"), (2090, "ok")])
def test_the_certificate(
    boards: tuple[Board, Board], tmp_path: Path, year: int, state: str
) -> None:
    begin, end = datetime(2019, 1, 1, tzinfo=UTC), datetime(year, 1, 1, tzinfo=UTC)
    cert = trustme.CA().issue_cert("board.example", not_before=begin, not_after=end)
    cert.cert_chain_pems[0].write_to_path(tmp_path / "cert.pem")
    cert.private_key_pem.write_to_path(tmp_path / "key.pem")
    files = {"tls_certificate": "cert.pem", "tls_key": "key.pem"}
    settings = of(boards, **{name: str(tmp_path / file) for name, file in files.items()})
    [found] = [one for one in examine(settings, tmp_path) if one.what == "certificate"]
    assert found.state == state
    assert ("expired" if year == 2020 else "2090-01-01") in found.text


def test_settings_that_contradict_each_other(tmp_path: Path) -> None:
    wrong = GatewaySettings(old="http://a:1", new="http://a:1")
    assert states(wrong, tmp_path) == [("Envoy", "ok"), ("gateway", "wrong")]


def test_an_envoy_that_cannot_be_used(
    boards: tuple[Board, Board], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ENVOY_BIN", str(tmp_path / "none"))
    (tmp_path / "used").mkdir()
    save_state(tmp_path / "used", GatewayState())
    [absent] = examine(GatewaySettings(), tmp_path / "used")
    assert (absent.state, "is not a program" in absent.text) == ("absent", True)
    [needed] = examine(of(boards), tmp_path)
    assert needed.state == "wrong"
    other = tmp_path / "other"
    other.write_text("#!/bin/sh\necho something else\n")
    other.chmod(0o755)
    monkeypatch.setenv("ENVOY_BIN", str(other))
    assert "is not Envoy" in examine(of(boards), tmp_path)[0].text
    other.write_text("#!/bin/sh\necho envoy version: x/1.29.3/Clean\n")
    assert "is too old" in examine(of(boards), tmp_path)[0].text
