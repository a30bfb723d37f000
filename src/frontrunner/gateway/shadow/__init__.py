"""Compare what both boards answer to the same requests, off the users' path.

Envoy mirrors a share of GETs to the comparer, which asks the old board twice and the new board
once. A difference counts only if the old board does not show it against itself.

Reading order: `canon`, `compare`, `rules`, `tally`, `comparer`.
"""
