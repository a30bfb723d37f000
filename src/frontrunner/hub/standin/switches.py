"""How the stand-in behaves: its speed, and what is not known of the real Hub."""

from __future__ import annotations

from typing import Literal

import msgspec


class Switches(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One behaviour. Times are in seconds; each switch with no known answer is tested both ways."""

    # --- time ---
    build: float = 0.2
    """From a commit to the start of the new container."""
    start: float = 0.1
    """From the start of a container until its stage is RUNNING."""
    preparing: float = 0.0
    """From stage RUNNING until the live address answers."""
    head_lag: float = 0.0
    """How long reads of a branch still give the commit before."""
    commit: float = 0.0
    """How long a commit takes; meanwhile another one is answered with 409."""
    hardware: float = 0.1
    """From a request of hardware until it is there, with a restart."""

    # --- what is not known ---
    old_subdomain: Literal["redirects", "gone"] = "redirects"
    """What the live address of a renamed Space's old name does."""
    after_build_error: Literal["old", "nothing"] = "old"
    """What the live address serves after the build of an update failed."""
    after_runtime_error: Literal["old", "nothing"] = "nothing"
    """What the live address serves after the new container of an update ended."""
    error_sha: Literal["new", "old"] = "new"
    """Which commit the runtime names after an error."""
    restart_serves: bool = True
    """Whether the old container serves while a Space restarts without a new commit."""
    duplicate_history: Literal["one", "all"] = "one"
    """Whether a duplicate has one commit, or the history of the original."""
    rename_restarts: bool = True
    """Whether a renamed Space is built again."""
    grant_moves: bool = True
    """Whether granted hardware stays with a Space that is renamed."""
    grant_returns: bool = False
    """Whether granted hardware that was given up can be requested again."""
    refused_hardware: Literal["402", "pending"] = "402"
    """What a request of hardware gets that is neither paid nor granted."""

    # --- limits ---
    page: int = 50
    """Entries of one page of commits, likers and followers."""
    tree_page: int = 1000
    """Entries of one page of a tree."""
    rate: int = 0
    """API calls of one account in five minutes; 0 means no limit."""
    file_size: int = 10_000_000
    """Bytes from which a file has to be in LFS."""
