"""The icons of a snapshot's benchmarks: fetched by the build, and not part of its name.

They come from other sites, so the same build may have others an hour later, or none.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from frontrunner.base.atomic import fresh_folder
from frontrunner.base.errors import CorruptSnapshotError, SnapshotError
from frontrunner.snapshot.answers import AnswerPack, Encoded, body_tag, write_pack

ICONS = "icons"


class Icon(NamedTuple):
    """A picture that was checked."""

    media_type: str
    body: bytes


def keep_icons(snapshot: Path, icons: Mapping[str, Icon]) -> None:
    """Add icons, by their URL, to the snapshot in a folder, in place of those it has.

    Raises SnapshotError if they cannot be written.
    """
    packed = (
        (url, Encoded(icon.media_type, body_tag(icon.body), icon.body))
        for url, icon in sorted(icons.items())
    )
    try:
        with fresh_folder(snapshot / ICONS) as fresh:
            write_pack(fresh, ICONS, packed)
    except OSError as error:
        raise SnapshotError(
            f"The icons of {snapshot.name} could not be written: {error.strerror or error}."
        ) from error


def read_icons(snapshot: Path) -> dict[str, Icon]:
    """The icons of the snapshot in a folder, by URL; none if there are none that can be read."""
    if not (snapshot / ICONS).is_dir():
        return {}
    try:
        pack = AnswerPack(snapshot / ICONS, ICONS)
    except CorruptSnapshotError:
        return {}
    found = {url: pack.get(url) for url in list(pack.keys())}
    pack.close()
    return {url: Icon(one.media_type, one.identity) for url, one in found.items() if one}
