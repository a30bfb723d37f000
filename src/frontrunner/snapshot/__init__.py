"""Everything a server needs, immutable, named by its content.

`build` writes one aside and moves it into place whole; `store` keeps them, says which one is
current, and goes back; `reader` opens one. The format is documented in docs/snapshots.md.

Nothing is imported here: a server opens a snapshot without the libraries that building needs.
"""
