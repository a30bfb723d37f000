"""The commands by group, and where each is."""

from __future__ import annotations

GROUPS = {
    "Serve": {"demo": "demo", "serve": "serve", "export": "export"},
    "Build": {
        "build": "build",
        "ingest": "build",
        "catalog": "build",
        "prepare": "prepare",
        "evaluate": "evaluate",
    },
    "Snapshots": {
        "snapshots": "snapshots",
        "publish": "snapshots",
        "rollback": "snapshots",
        "verify": "snapshots",
        "diff": "diff",
        "prune": "snapshots",
    },
    "Migrate from an older board": {
        "parity": "parity",
        "contract": "contract",
        "legacy": "legacy",
        "gateway": "gateway",
        "takeover": "takeover",
        "hub": "hub",
        "engagement": "engagement",
    },
    "Operate": {
        "refresh": "refresh",
        "doctor": "doctor",
        "backup": "backup",
        "restore": "backup",
        "store": "store",
        "space": "space",
    },
}
"""The commands as `--help` groups them, each with the module of this package that holds it."""

MODULES = {name: module for group in GROUPS.values() for name, module in group.items()}
"""Command -> the module of this package that holds it."""
