"""What a build says about its sources: a line each, for whoever reads along."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from frontrunner.catalog import FormerName
from frontrunner.results.ingest import Ingested

_SHOWN = 10


def lines_of_sources(ingested: Ingested) -> Iterator[str]:
    """Say what each of several sources gave, which models only their files describe, and which
    `[[renamed]]` to paste into a catalog.toml.
    """
    if len(ingested.counts) > 1:
        for one in ingested.counts:
            lost = f", {one.replaced:,} replaced by a later source" if one.replaced else ""
            yield f"  {one.label}: {_files(one.seen)}, {one.usable:,} usable{lost}"
    described = [one.name for one in ingested.catalog.models if one.described_by_results]
    if described:
        more = f" and {len(described) - _SHOWN:,} more" if len(described) > _SHOWN else ""
        yield f"  Described by their result files: {', '.join(described[:_SHOWN])}{more}"
    former = ingested.catalog.probably_renamed
    if former:
        count = _files(sum(one.files for one in former))
        yield f"  {count} of models that were probably renamed. To count them, add to catalog.toml:"
        yield from (renamed_entry(one) for one in former)


def _files(number: int) -> str:
    return f"{number:,} file{'' if number == 1 else 's'}"


def renamed_entry(former: FormerName) -> str:
    """The `[[renamed]]` that counts the results under a former name."""
    values = {"name": former.name, "model": former.model, "reason": "The organisation was renamed."}
    # A JSON string is a TOML string.
    lines = (f"{key} = {msgspec.json.encode(value).decode()}" for key, value in values.items())
    return "\n".join(("", "[[renamed]]", *lines))
