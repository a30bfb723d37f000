"""Adopt an old board, so that its calls are answered with fresh numbers."""

from __future__ import annotations

from pathlib import Path

from frontrunner.legacy.adopted import adopt as keep_adopted
from frontrunner.legacy.files.tree import Tree
from frontrunner.ops import events
from frontrunner.ops.completing import prepare_old_calls
from frontrunner.ops.reporting import Reporter, log
from frontrunner.snapshot.store import Store


def adopt(store: Store, tree: Tree, reporter: Reporter) -> Path:
    """Keep what `tree` says of the old board, and make the answers to its calls anew.

    Until they are made, those of an earlier adoption are served. Returns the file that was
    written. Raises LegacyError or SnapshotError if something cannot be written.
    """
    with store.changing():
        path = keep_adopted(tree, store.home)
        log(store, events.Adopted(boards=len(tree.config["boards"])), reporter)
        if store.current_id() is None:
            reporter.say("Nothing is published yet; the next build prepares the calls.")
        else:
            prepare_old_calls(store, store.current(), reporter, again=True)
    return path
