"""`frontrunner takeover`: every command of the group."""

from frontrunner.cli import takeover_plan  # noqa: F401 -- each module adds its commands
