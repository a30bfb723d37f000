"""The address of a result file at its commit, for sources that are public git repositories."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote, urlsplit

from msgspec import UnsetType

from frontrunner.results.merge import labels_of
from frontrunner.results.origin import Origin

_FORMS = {
    "github.com": "https://raw.githubusercontent.com/{repository}/{commit}/{path}",
    "huggingface.co": "https://huggingface.co/{repository}/resolve/{commit}/{path}",
    "gitlab.com": "https://gitlab.com/{repository}/-/raw/{commit}/{path}",
    "codeberg.org": "https://codeberg.org/{repository}/raw/commit/{commit}/{path}",
}
"""Host -> the address of a file there."""


def raw_url(origins: Sequence[Origin], path: str) -> str | None:
    """The address of the file at `path`, as a snapshot with these sources names it.

    None if the source is no repository of a known host, or if it is not known in which of its
    folders the results are.
    """
    found = _origin_of(origins, path)
    if found is None:
        return None
    origin, inside = found
    parts = urlsplit(origin.name)
    form = _FORMS.get(parts.hostname or "") if parts.scheme in ("http", "https") else None
    if form is None or not origin.commit or isinstance(origin.folder, UnsetType):
        return None
    repository = parts.path.strip("/").removesuffix(".git")
    whole = f"{origin.folder}/{inside}" if origin.folder else inside
    return form.format(repository=repository, commit=origin.commit, path=quote(whole))


def _origin_of(origins: Sequence[Origin], path: str) -> tuple[Origin, str] | None:
    """The source of a file, and the file's path in it."""
    if len(origins) == 1:
        return origins[0], path
    for origin, label in zip(origins, labels_of([_label(one) for one in origins]), strict=True):
        if path.startswith(f"{label}/"):
            return origin, path.removeprefix(f"{label}/")
    return None


def _label(origin: Origin) -> str:
    """What paths of a source begin with if there are several; see `LocalSource.name`."""
    return origin.name.rstrip("/").rpartition("/")[2].removesuffix(".git") or "git"
