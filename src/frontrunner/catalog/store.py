"""Load a catalog: mteb's, a team's own, or both. mteb's is cached, because reading it takes
seconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import msgspec
import zstandard

from frontrunner.base.atomic import add_file, fresh_folder, sweep
from frontrunner.base.home import Home
from frontrunner.base.json import read_as
from frontrunner.catalog.from_mteb import installed_version, read_catalog
from frontrunner.catalog.model import Catalog
from frontrunner.catalog.own import add_own, own_alone

Statistics = dict[str, bytes]
"""Task -> its descriptive statistics: JSON, compressed with zstd."""

_KEPT_FORMAT = 3


def load_catalog(
    home: Path, own: Sequence[Path] = (), *, mteb: bool = True
) -> tuple[Catalog, Statistics]:
    """The catalog of a home.

    `own` has the files of a team, which are added to mteb's; with `mteb` False they are the whole
    catalog. Raises CatalogError if one has mistakes, MissingExtraError if mteb-core is needed but
    not installed.
    """
    if own and not mteb:
        return own_alone(*own), {}
    catalog, statistics = _of_mteb(home)
    return (add_own(catalog, *own) if own else catalog), statistics


def _of_mteb(home: Path) -> tuple[Catalog, Statistics]:
    folder = Home(home).registry(f"mteb-core-{installed_version()}-{_KEPT_FORMAT}")
    try:
        return (
            read_as(folder / "catalog.json", Catalog),
            msgspec.msgpack.decode((folder / "statistics.msgpack").read_bytes(), type=Statistics),
        )
    except (OSError, ValueError):
        # Not kept yet, or cut off: read it from the registry again.
        catalog, statistics = read_catalog()
    compress = zstandard.ZstdCompressor(level=9).compress
    kept = {name: compress(json) for name, json in statistics.items()}
    with suppress(OSError):  # in a home that cannot be written, it is read again every time
        _keep(folder, catalog, kept)
    return catalog, kept


def _keep(folder: Path, catalog: Catalog, statistics: Statistics) -> None:
    sweep(folder.parent)
    with fresh_folder(folder) as fresh:
        add_file(fresh / "catalog.json", msgspec.json.encode(catalog))
        add_file(fresh / "statistics.msgpack", msgspec.msgpack.encode(statistics))
