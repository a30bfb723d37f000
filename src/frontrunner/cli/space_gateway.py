"""What the container of a Space runs if it is the gateway's."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from frontrunner.base.config import load_settings
from frontrunner.cli.gateway_run import run_gateway

if TYPE_CHECKING:
    from frontrunner.hub.shifting_space import Shifting


def run_shifting(home: Path, shifting: Shifting) -> None:
    """Run Envoy, the control path and the new board; the token is taken out of the environment."""
    from frontrunner.hub.shifting_space import environment_of, prepare  # noqa: PLC0415

    token = os.environ.pop(shifting.secret, "")
    os.environ.update(environment_of(shifting, home, os.environ))
    prepare(shifting, home, token, load_settings(home).gateway)
    board = (sys.executable, "-m", "frontrunner", "serve", "--home", str(home))
    run_gateway(home, ("companion",), {} if shifting.new else {"board": board})
