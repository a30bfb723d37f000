"""`frontrunner takeover`: every command of the group."""

from frontrunner.cli import (  # noqa: F401 -- each module adds its commands
    takeover_console,
    takeover_notify,
    takeover_plan,
    takeover_read,
    takeover_rehearse,
    takeover_report,
    takeover_run,
)
