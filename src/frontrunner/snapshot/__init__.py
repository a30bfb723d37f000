"""Everything a server needs, immutable, named by its content.

`build_snapshot` writes one aside and moves it into place whole; a `Store` keeps them, says which
one is current, and goes back. The format is documented in docs/snapshots.md.
"""

from frontrunner.snapshot.answers import Answer, AnswerPack
from frontrunner.snapshot.build import Inputs, Prepared, build_snapshot
from frontrunner.snapshot.manifest import Counts, Manifest, Provenance
from frontrunner.snapshot.reader import Snapshot
from frontrunner.snapshot.store import Event, Store

__all__ = [
    "Answer",
    "AnswerPack",
    "Counts",
    "Event",
    "Inputs",
    "Manifest",
    "Prepared",
    "Provenance",
    "Snapshot",
    "Store",
    "build_snapshot",
]
