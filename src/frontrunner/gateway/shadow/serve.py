"""Run the comparer as a process of its own."""

from __future__ import annotations

from pathlib import Path

from frontrunner.base.gateway_settings import GatewaySettings
from frontrunner.gateway.render import Place
from frontrunner.gateway.shadow.ask import Boards
from frontrunner.gateway.shadow.comparer import Comparer
from frontrunner.gateway.sides import sides


def serve_comparer(settings: GatewaySettings, folder: Path) -> None:
    """Compare mirrored requests until the process is stopped.

    Raises GatewayError if the boards' settings cannot be used.
    """
    import uvicorn  # noqa: PLC0415

    comparer = Comparer(Boards(*sides(settings)), folder)
    comparer.start()
    socket = Place(folder).socket("comparer")
    socket.unlink(missing_ok=True)
    uvicorn.run(comparer, uds=str(socket), log_level="warning", access_log=False, lifespan="off")
