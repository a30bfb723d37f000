"""What a build says about its sources: a line each, for whoever reads along."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import msgspec

from frontrunner.catalog import FormerName
from frontrunner.results.aggregates import Unmade, unmade
from frontrunner.results.ingest import Ingested
from frontrunner.results.rejects import Reason

_SHOWN = 10
_LISTED = "frontrunner ingest --check SOURCE lists each."


def lines_of_sources(ingested: Ingested, *, most_renamed: int | None = None) -> Iterator[str]:
    """Say what each of several sources gave, which models only their files describe, which are
    unknown, and which `[[renamed]]` and `[[model]]` to paste into a catalog.toml.

    `most_renamed` limits the `[[renamed]]` entries; None prints all.
    """
    if len(ingested.counts) > 1:
        for one in ingested.counts:
            lost = f", {one.replaced:,} replaced by a later source" if one.replaced else ""
            yield f"  {one.label}: {_files(one.seen)}, {one.usable:,} with scores{lost}"
    described = [one.name for one in ingested.catalog.models if one.described_by_results]
    if described:
        more = f" and {len(described) - _SHOWN:,} more" if len(described) > _SHOWN else ""
        yield f"  Described by their result files: {', '.join(described[:_SHOWN])}{more}"
    former = ingested.catalog.probably_renamed
    if former:
        count = _files(sum(one.files for one in former))
        shown = former[:most_renamed]
        more = (
            f" (the first {len(shown)} of {len(former)}; "
            "frontrunner ingest --check SOURCE prints all)"
            if len(shown) < len(former)
            else ""
        )
        yield (
            f"  {count} of models that were probably renamed. "
            f"To count them, add to catalog.toml{more}:"
        )
        yield from (renamed_entry(one) for one in shown)
    yield from _unknown_models(ingested)


def _unknown_models(ingested: Ingested) -> Iterator[str]:
    """Unknown models that were not renamed, by organisation, each with a `[[model]]` to paste."""
    renamed = {one.name for one in ingested.catalog.probably_renamed}
    unknown = (one for one in ingested.rejects if one.reason is Reason.UNKNOWN_MODEL)
    files = Counter(_name_in(one.detail) for one in unknown)
    new = sorted(name for name in files if name and name not in renamed)
    organisations: dict[str, list[str]] = {}
    for name in new:
        organisations.setdefault(name.partition("/")[0], []).append(name)
    for organisation, names in organisations.items():
        models = f"{len(names):,} unknown model{'' if len(names) == 1 else 's'}"
        yield f"  {organisation}: {models}, {_files(sum(files[name] for name in names))}"
    if new:
        more = f" (the first {_SHOWN} of {len(new):,})" if len(new) > _SHOWN else ""
        yield f"  To count results of a model that is new, add to catalog.toml{more}:"
        yield from (f"\n[[model]]\nname = {_quoted(name)}" for name in new[:_SHOWN])


def lines_of_scores(ingested: Ingested) -> Iterator[str]:
    """Say which scores a reader may miss: of runs that differ, and of aggregates without a file."""
    if ingested.differences:
        yield f"  {runs_that_differ(ingested)} {_LISTED}"
    found = unmade(ingested.table, ingested.catalog)
    if found:
        models = len({one.model for one in found})
        yield (
            f"  {_some(models, 'model')} without a result of {_tasks(found)}, though with results "
            f"of all its parts. Like mteb, boards count it as missing. {_LISTED}"
        )


def runs_that_differ(ingested: Ingested) -> str:
    """A sentence: how many tasks of how many models have runs that differ, and which runs win."""
    tasks = len({(one.file, one.winner, one.task) for one in ingested.differences})
    models = len({one.model for one in ingested.differences})
    return (
        f"Runs of one model differ: {_some(tasks, 'task')} of {_some(models, 'model')}. "
        f'The winners follow the setting [build] revisions ("{ingested.revisions}"); '
        '"newest" chooses the newest run.'
    )


def _tasks(found: Sequence[Unmade]) -> str:
    names = sorted({one.task for one in found})
    more = f" and {len(names) - _SHOWN:,} more" if len(names) > _SHOWN else ""
    return f"{', '.join(names[:_SHOWN])}{more}"


def _name_in(detail: str) -> str:
    """The model's name, with which the detail of an unknown model's file begins."""
    return detail.partition(";")[0].partition(": probably ")[0]


def _files(number: int) -> str:
    return _some(number, "file")


def _some(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def renamed_entry(former: FormerName) -> str:
    """The `[[renamed]]` that counts the results under a former name."""
    renamed = "/" in former.name
    why = "The organisation was renamed." if renamed else "The results name no organisation."
    values = {"name": former.name, "model": former.model, "reason": why}
    lines = (f"{key} = {_quoted(value)}" for key, value in values.items())
    return "\n".join(("", "[[renamed]]", *lines))


def _quoted(text: str) -> str:
    """A TOML string: every JSON string is one."""
    return msgspec.json.encode(text).decode()
