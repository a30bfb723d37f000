"""Where a server passes on the old calls. It costs nothing until the first call."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from frontrunner.base.errors import FrontrunnerError
from frontrunner.calls.pack import find_calls, open_calls

if TYPE_CHECKING:
    from frontrunner.calls.handler import Gradio
    from frontrunner.http.request import Request, Response
from frontrunner.http.served import Served

_PATHS = frozenset(
    {
        "/config",
        "/info",
        "/app_id",
        "/startup-events",
        "/login_check",
        "/user",
        "/token",
        "/reset",
    }
)
_LATER = ("/heartbeat/", "/gradio_api/")
"""Of later versions: clients ask for them, and continue if they get a 404."""
_BELOW = ("/call/", "/api/", "/run/", "/queue/", "/file=", "/proxy=", *_LATER)


log = logging.getLogger("frontrunner.server")


class Calls:
    """The old calls of one home."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._gradio: Gradio | None = None
        self._answered_from: tuple[str, int] | None = None

    def takes(self, path: str) -> bool:
        """Whether a path belongs to the old calls."""
        return path.startswith(_BELOW) or path.removesuffix("/") in _PATHS

    def is_adopted(self, snapshot: str) -> bool:
        """Whether there are answers to old calls while `snapshot` is served."""
        return find_calls(self._home, snapshot) is not None

    async def answer(self, request: Request, served: Served) -> Response | None:
        """Answer a call; None if no old board was adopted."""
        snapshot = served.service.snapshot.id
        gradio = self._current(snapshot)
        if gradio is None:
            return None
        is_of_it = self._answered_from is not None and self._answered_from[0] == snapshot
        dated = served.policy.dated if is_of_it else []
        return await gradio.answer(request, served.policy, dated)

    def _current(self, snapshot: str) -> Gradio | None:
        """What answers; opened again as soon as the answers on disk change."""
        folder = find_calls(self._home, snapshot)
        if folder is None:
            return self._gradio  # between two renames of a folder that is being replaced
        # Not the inode: a file system gives it to the next folder that is made.
        found = folder.name, folder.stat().st_mtime_ns
        if found != self._answered_from:
            try:
                self._take(folder)
            except FrontrunnerError as error:
                log.error("%s; the old calls are answered as before", error)
            self._answered_from = found
        return self._gradio

    def _take(self, folder: Path) -> None:
        from frontrunner.calls.handler import Gradio  # noqa: PLC0415 -- not before it is needed

        earlier = self._gradio
        self._gradio = Gradio(open_calls(folder), earlier.queue if earlier else None)
