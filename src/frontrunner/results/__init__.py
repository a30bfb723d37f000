"""Result files -> validated score rows; and what is rejected, and why.

`ingest` turns a source (folder, archive, git repository) into a `ScoreTable` and a list of
`Reject`: every input file ends in the one or the other.
"""

from frontrunner.results.ingest import Ingested, ingest
from frontrunner.results.rejects import Reason, Reject
from frontrunner.results.table import ScoreTable, Variant

__all__ = ["Ingested", "Reason", "Reject", "ScoreTable", "Variant", "ingest"]
