"""Where results came from."""

from __future__ import annotations

import msgspec


class Origin(msgspec.Struct, frozen=True):
    """The source of a snapshot's results, for its provenance."""

    kind: str
    """`folder`, `archive` or `git`."""
    name: str
    """The last part of its path; of a repository elsewhere its URL, without a password."""
    commit: str | None = None
    """The commit that was read; None where the source is no git checkout."""
    digest: str | None = None
    """SHA-256 of an archive's bytes."""
    at: float | msgspec.UnsetType = msgspec.UNSET
    """When the commit was made, in seconds since the epoch; unset if that is not known. Left out
    of JSON then, so that manifests written before it was there keep their names."""
    folder: str | msgspec.UnsetType = msgspec.UNSET
    """Of a repository, the folder inside it that paths of files are below; empty for its root,
    unset if that is not known."""
