"""`frontrunner gateway`: every command of the group."""

from frontrunner.cli import (  # noqa: F401 -- each module adds its commands
    gateway_files,
    gateway_move,
    gateway_read,
    gateway_run,
)
