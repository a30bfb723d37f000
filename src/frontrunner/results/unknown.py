"""Models that the catalog does not know: described by their result files, or probably renamed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping

import msgspec

from frontrunner.catalog import Catalog, FormerName, Model
from frontrunner.results.files import Files
from frontrunner.results.layout import Identity


def with_described(
    catalog: Catalog,
    described: Mapping[str, Model],
    identities: Mapping[str, Identity],
    files: Files,
) -> Catalog:
    """`catalog` with the models that only their own model_meta.json describes.

    `described` has the model that each folder describes. A model without a result file is left out,
    and so is one that is probably a model of the catalog under a former name: counted by itself, it
    would be on each board twice.
    """
    used = {files.texts[number] for number in files.folders()}
    by_name: dict[str, list[Model]] = defaultdict(list)
    for folder in sorted(described.keys() & used):
        model = described[folder]
        taken = model.name in catalog.model_by_name or model.name in catalog.model_by_former_name
        if not taken and identities[folder].model == model.name:
            by_name[model.name].append(model)
    own_short = _by_short_name(catalog)
    fresh = [_one(models) for models in by_name.values() if not _was_renamed(models, own_short)]
    if not fresh:
        return catalog
    models = (*catalog.models, *sorted(fresh, key=lambda one: one.name))
    return msgspec.structs.replace(catalog, models=models)


def _one(models: list[Model]) -> Model:
    """One model of what several runs say of it: of the run that says most."""
    best = max(models, key=lambda one: len(msgspec.to_builtins(one)))
    revisions = {one.revision for one in models}
    # With several revisions none is the main one; mteb's other rules choose among their files.
    return best if len(revisions) == 1 else msgspec.structs.replace(best, revision=None)


def _by_short_name(catalog: Catalog) -> dict[str, Model | None]:
    """`name` of `org/name`, in lower case -> the model; None if several organisations have one."""
    found: dict[str, Model | None] = {}
    for model in catalog.models:
        short = _short(model.name)
        found[short] = None if short in found else model
    return found


def _short(name: str) -> str:
    return name.rpartition("/")[2].casefold()


def _was_renamed(models: Collection[Model], known: Mapping[str, Model | None]) -> bool:
    """Whether a model of the catalog has the same name in another organisation and a revision of
    these: a fork or a fine-tune has revisions of its own.
    """
    today = known.get(_short(next(iter(models)).name))
    return today is not None and today.revision in {one.revision for one in models}


def former_names(
    catalog: Catalog, names: Iterable[str], with_results: Collection[str]
) -> tuple[FormerName, ...]:
    """Which unknown models are probably models of the catalog whose organisation was renamed.

    `names` has the unknown model of each file. A model is probably renamed if the catalog has one
    of the same name in another organisation, and no result under today's name was read.
    """
    known = _by_short_name(catalog)
    found = []
    for name, files in sorted(Counter(names).items()):
        today = known.get(_short(name))
        if today is not None and today.name != name and today.name not in with_results:
            found.append(FormerName(name=name, model=today.name, files=files))
    return tuple(found)
