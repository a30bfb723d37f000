"""`frontrunner takeover notify`: test the channels of notices."""

from __future__ import annotations

import time
from typing import Annotated

import typer

from frontrunner.base.config import load_settings
from frontrunner.base.errors import FrontrunnerError, NetworkError, UsageError
from frontrunner.cli.options import Home
from frontrunner.cli.output import say, visible
from frontrunner.cli.takeover_app import takeover


@takeover.command()
def notify(
    text: Annotated[str, typer.Argument(metavar="[TEXT]", help="Text of the notice.")] = "",
    home: Home = None,
) -> None:
    """Send a test notice through every channel of [notify], and say which channels work."""
    from frontrunner.ops.channels import channels_of  # noqa: PLC0415
    from frontrunner.ops.notify import Notice  # noqa: PLC0415

    channels = channels_of(load_settings(home).notify)
    if not channels:
        raise UsageError(
            "No channel is set up. Write notify.webhook or notify.smtp into frontrunner.toml."
        )
    at = time.time()
    notice = Notice(
        id=f"test-{at:.3f}",
        at=at,
        kind="test",
        title="Test of the take-over's notices",
        text=text or "This is a test. Nothing happened to the take-over.",
    )
    failed = []
    for channel in channels:
        try:
            channel.send(notice)
        except FrontrunnerError as error:
            failed.append(f"{channel.name}: {visible(str(error))}")
        else:
            say(f"{channel.name}: sent")
    if failed:
        raise NetworkError(". ".join(failed))
