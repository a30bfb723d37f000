"""A change of the state while no Envoy runs: whole or not at all."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import msgspec
import pytest
import yaml

from frontrunner.base.errors import GatewayError
from frontrunner.base.gateway_settings import GatewaySettings
from frontrunner.gateway import render, state
from frontrunner.gateway.control import Gateway
from frontrunner.gateway.process import EnvoyProcess
from frontrunner.gateway.render import version
from frontrunner.gateway.state import GatewayState

SETTINGS = GatewaySettings(old="http://127.0.0.1:7860", new="http://127.0.0.1:8000")


def full(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def shares(gateway: Gateway) -> tuple[int, int]:
    """The share of the state, and that of the routes."""
    routes = yaml.safe_load(gateway.place.routes.read_text())
    return gateway.kept().share, int(routes["version_info"].split("-")[1])


@pytest.fixture
def gateway(tmp_path: Path) -> Gateway:
    found = Gateway(SETTINGS, tmp_path)
    found.set_share(500)
    return found


@pytest.mark.parametrize("module", [render, state])
def test_a_full_disk_changes_nothing(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch, module: object
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(module, "write_file", full)
        with pytest.raises(GatewayError, match=r"No space left.*Nothing has changed"):
            gateway.set_share(9000)
    assert shares(gateway) == (500, 500)
    gateway.set_share(9000)
    assert shares(gateway) == (9000, 9000)


def test_a_link_in_the_folder_leads_no_write_elsewhere(gateway: Gateway, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("mine")
    files = (gateway.place.routes, gateway.place.folder / "state.json")
    gateway.set_share(500)
    content = files[1].read_bytes()
    for file in files:
        file.unlink()
        file.symlink_to(elsewhere)
    elsewhere.write_bytes(content)
    gateway.set_share(700)
    assert shares(gateway) == (700, 700)
    assert [file.is_symlink() for file in files] == [False, False]
    assert elsewhere.read_bytes() == content


def test_a_folder_that_must_not_be_written(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(render, "write_file", denied)
    with pytest.raises(GatewayError, match="fix the permissions"):
        gateway.reconcile()


@pytest.mark.parametrize("content", ["", "{", "resources: 5", "\0" * 9000])
def test_damaged_routes_are_written_anew(gateway: Gateway, content: str) -> None:
    gateway.place.routes.write_text(content)
    gateway.reconcile()
    assert shares(gateway) == (500, 500)


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b'{"share": -1}', b'{"shares": 1}', b"[]"])
def test_a_damaged_state_is_not_guessed(gateway: Gateway, content: bytes) -> None:
    file = gateway.place.folder / "state.json"
    file.write_bytes(content)
    routes = gateway.place.routes.read_bytes()
    for act in (gateway.reconcile, gateway.finalize, gateway.kept):
        with pytest.raises(GatewayError, match="Restore it from a backup"):
            act()
    assert (file.read_bytes(), gateway.place.routes.read_bytes()) == (content, routes)


def test_a_change_that_fails_changes_nothing(gateway: Gateway) -> None:
    def wrong(before: GatewayState) -> GatewayState:
        raise GatewayError("no")

    with pytest.raises(GatewayError, match="no"):
        gateway.change(wrong)
    gateway.change(lambda before: msgspec.structs.replace(before, banner=True))
    assert shares(gateway) == (500, 500)


class Handing:
    """The admin sockets of a hot restart: the old one closes before the new one answers."""

    def __init__(self, gateway: Gateway, *, fails: int) -> None:
        self._gateway, self._fails = gateway, fails

    def routes_version(self) -> str:
        self._fails -= 1
        if self._fails >= 0:
            raise GatewayError("Envoy does not answer: connection refused.")
        return version(self._gateway.kept())


def test_a_change_waits_through_a_hot_restart(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = Handing(gateway, fails=3)
    monkeypatch.setattr(gateway, "admin", lambda: asked)
    monkeypatch.setattr(
        "frontrunner.gateway.control.living_envoys", lambda _: [EnvoyProcess(os.getpid())]
    )
    assert gateway.change(lambda state: state)


def test_a_change_without_an_envoy_does_not_wait(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("frontrunner.gateway.control._PATIENCE", 1e9)
    assert not gateway.change(lambda state: state)
