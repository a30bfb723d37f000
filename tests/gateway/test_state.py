"""The folder of a gateway."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from frontrunner.base.gateway_settings import GatewaySettings
from frontrunner.gateway.control import Gateway
from frontrunner.gateway.feedback import Feedback
from frontrunner.gateway.remote_control import RemoteControl
from frontrunner.gateway.state import changing
from frontrunner.gateway.transition import Transition, write_transition


def _change(folder: Path) -> None:
    with changing(folder):
        pass


@pytest.mark.parametrize(
    "first",
    [
        _change,
        lambda folder: Feedback("", folder).close(),
        lambda folder: RemoteControl(Gateway(GatewaySettings(), folder), lambda: "x" * 32),
        lambda folder: write_transition(folder, Transition(at=1.0, stage="guided")),
    ],
)
def test_whoever_makes_the_folder_makes_it_for_one_user(
    first: Callable[[Path], object], tmp_path: Path
) -> None:
    """Everybody may write to the sockets in it: feedback and shadows could be made up there."""
    folder = tmp_path / "home" / "gateway"
    first(folder)
    assert folder.stat().st_mode & 0o077 == 0
    assert folder.parent.stat().st_mode & 0o700 == 0o700
