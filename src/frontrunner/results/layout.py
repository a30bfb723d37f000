"""What a path in a source means: whose run a file is of, in every layout that mteb wrote.

Today's layout is `<org>__<model>/<revision>/<Task>.json`. Older and hand-made trees are read too if
they name a model of the catalog: `<org>/<model>/`, a model's folder without revisions, folders
around the results, and names in another case.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from enum import Enum, auto
from typing import Any, NamedTuple

import msgspec

from frontrunner.base.json import loads, refuse_unstorable
from frontrunner.results.contents import what_it_is
from frontrunner.results.formats import UnusableFileError
from frontrunner.results.rejects import Reason

EXPERIMENTS = "experiments"
WITHOUT_REVISION = "no_revision_available"
"""The revision of files in a model's folder that has no folder for each revision."""
META = "model_meta.json"
_DEEPEST = 16
"""Levels of an experiment's parameters; real ones have two."""


LARGEST_EXPERIMENT = 10_000
"""Bytes of an experiment's parameters as JSON; the largest of the public results has 67."""
LONGEST_NAME = 1_000
"""Characters of a model's name or revision."""


_REVISION = re.compile(rf"\d+|[0-9a-f]{{7,64}}|main|master|external|{WITHOUT_REVISION}")
"""What folders of revisions are called."""


class Kind(Enum):
    """What a file is for, by its place."""

    RESULT = auto()
    MODEL_META = auto()
    RUN_SETTINGS = auto()
    OUT_OF_PLACE = auto()


class Place(NamedTuple):
    """A file's kind, and the folder of its run: `model/revision[/experiments/name]`."""

    kind: Kind
    folder: str
    experiment: bool


class Names(NamedTuple):
    """The folder names of known models, as they are and without regard to case."""

    exact: frozenset[str]
    folded: Mapping[str, str]
    runs: dict[str, str | None]
    """The run of each folder that was asked for before: a run has many files."""

    @classmethod
    def of(cls, folders: Iterable[str]) -> Names:
        """The names of `folders`; a name that two share but for the case is not folded."""
        exact = frozenset(folders)
        folded: dict[str, str] = {}
        for name in sorted(exact):
            folded[name.casefold()] = "" if name.casefold() in folded else name
        return cls(exact, folded, {})

    def find(self, name: str) -> str | None:
        """The known folder that `name` means, or None."""
        if name in self.exact:
            return name
        return self.folded.get(name.casefold()) or None


def place(path: str, names: Names) -> Place:
    """Say what the file at `path` (below the source's folder) is for.

    `names` are the folders of known models: they tell layouts apart that look alike.
    """
    folder, _, name = path.rpartition("/")
    run = names.runs.get(folder, "")
    if run == "":
        found = located(folder.split("/"), names)
        run = names.runs[folder] = None if found is None else "/".join(found)
    if run is None:
        return Place(Kind.OUT_OF_PLACE, folder, False)
    return Place(_kind(name), run, run.count("/") == 3)


def _kind(name: str) -> Kind:
    if name == META:
        return Kind.MODEL_META
    if name == "run_settings.jsonl":
        return Kind.RUN_SETTINGS
    return Kind.RESULT if name.endswith(".json") else Kind.OUT_OF_PLACE


def located(folders: Sequence[str], names: Names) -> Sequence[str] | None:
    """The run that the folders of a path lead to, in today's layout; None if they lead to none."""
    for at, one in enumerate(folders):
        if (known := _known(one, names)) is not None:
            return _run(known, folders[at + 1 :])
        if at + 1 < len(folders):
            both = names.find(folder_name(f"{one}/{folders[at + 1]}"))
            if both is not None:
                return _run(both, folders[at + 2 :])
    return _unknown_run(folders)


def _known(folder: str, names: Names) -> str | None:
    """The known model's folder of that name; the cache of the Hub's own spelling included."""
    if folder.startswith("models--"):
        folder = folder.removeprefix("models--").replace("--", "__", 1)
    return names.find(folder)


def _run(model: str, below: Sequence[str]) -> Sequence[str] | None:
    """The run's folder from a model's folder and the folders below it."""
    if below and below[0] == "snapshots":
        below = below[1:]
    if tuple(below[:2]) == ("N", "A"):  # a revision "N/A", which made two folders
        below = (WITHOUT_REVISION, *below[2:])
    if not below:
        return (model, WITHOUT_REVISION)
    if len(below) == 1 or (len(below) == 3 and below[1] == EXPERIMENTS):
        return (model, *below)
    return None


def _unknown_run(folders: Sequence[str]) -> Sequence[str] | None:
    """The run of a model that no catalog knows: its model_meta.json may describe it."""
    if len(folders) == 2 or (len(folders) == 4 and folders[2] == EXPERIMENTS):
        return folders
    start = next((at for at, one in enumerate(folders) if "__" in one.strip("_")), None)
    if start is not None:
        return _run(folders[start], folders[start + 1 :])
    if folders and folders[0] == "results":
        return _unknown_run(folders[1:])
    return (folders[0], WITHOUT_REVISION) if len(folders) == 1 and folders[0] else None


def folder_name(model: str) -> str:
    """`org/name` as the name of its results folder."""
    return model.replace("/", "__").replace(" ", "_")


class Identity(msgspec.Struct, frozen=True):
    """Whose results a folder holds."""

    model: str
    revision: str
    run: str = ""
    """Name of the experiment, made of its parameters; empty for an ordinary run."""
    experiment: dict[str, Any] | None = None
    """The experiment's parameters that mean something, with what the run says of the model."""


class _ModelMeta(msgspec.Struct):
    name: str
    revision: str | None = None
    experiment_kwargs: dict[str, Any] | None = None
    model_type: list[str] | None = None
    embed_dim: int | list[int] | None = None
    output_dtypes: str | list[str] | None = None


class _RunFacts(msgspec.Struct):
    """What an experiment's parameters may say of the model, where they say it at all."""

    model_type: list[str] | None = None
    embed_dim: int | list[int] | None = None
    output_dtypes: str | list[str] | None = None


def _decode_meta(data: bytes) -> _ModelMeta:
    try:
        return msgspec.json.decode(data, type=_ModelMeta)
    except msgspec.ValidationError:
        raise
    except msgspec.DecodeError:
        # `"max_tokens": Infinity` is not JSON, yet common.
        return msgspec.convert(loads(data), _ModelMeta)


def identity_of_folder(folder: str) -> Identity:
    """The identity that the folder's name itself gives, if there is no model_meta.json in it."""
    model, revision = folder.split("/")[:2]
    return Identity(model.replace("__", "/"), revision)


def model_in_folder(folder: str) -> str:
    """The name of an unknown model, as a report gives it.

    Of `a/b`, which may be a model and its revision or an organisation and its model, the second
    is meant unless `b` looks like a revision: a model of a catalog has an organisation.
    """
    first, second = folder.split("/")[:2]
    if "__" in first.strip("_") or _REVISION.fullmatch(second):
        return identity_of_folder(folder).model
    return f"{first}/{second}"


def identity_of_meta(data: bytes, defaults: Mapping[str, Mapping[str, Any]]) -> Identity:
    """The identity that a model_meta.json gives.

    `defaults` holds, by model, the facts that an experiment's run may override. Raises
    UnusableFileError where the file has no name or revision.
    """
    try:
        meta = _decode_meta(data)
        refuse_unstorable(meta.experiment_kwargs, _DEEPEST)
        refuse_unstorable(meta.embed_dim, 1)
        _refuse_long(meta)
        msgspec.convert(meta.experiment_kwargs or {}, _RunFacts)
    except json.JSONDecodeError as error:
        raise UnusableFileError(Reason.BAD_MODEL_META, what_it_is(data, error)) from None
    except (ValueError, RecursionError) as error:
        raise UnusableFileError(Reason.BAD_MODEL_META, str(error)[:200]) from None
    revision = meta.revision or WITHOUT_REVISION
    if not meta.experiment_kwargs:
        return Identity(meta.name, revision)
    return Identity(
        meta.name,
        revision,
        experiment_name(meta.experiment_kwargs),
        _experiment(meta, defaults.get(meta.name, {})),
    )


def _refuse_long(meta: _ModelMeta) -> None:
    """Raise UnusableFileError for texts that would fill a page or a server's memory."""
    size = len(msgspec.json.encode(meta.experiment_kwargs or {}))
    if size > LARGEST_EXPERIMENT:
        raise UnusableFileError(Reason.TOO_LONG, f"experiment_kwargs of {size:,} bytes")
    longest = max(len(meta.name), len(meta.revision or ""))
    if longest > LONGEST_NAME:
        raise UnusableFileError(Reason.TOO_LONG, f"a name or revision of {longest:,} characters")


def _experiment(meta: _ModelMeta, defaults: Mapping[str, Any]) -> dict[str, Any] | None:
    """The parameters that mean something; None where the run differs in nothing."""
    kwargs = {k: v for k, v in (meta.experiment_kwargs or {}).items() if _meaningful(v)}
    if not kwargs:
        return None
    for field in ("model_type", "embed_dim", "output_dtypes"):
        value = getattr(meta, field)
        if value != defaults.get(field) and _meaningful(value):
            kwargs[field] = value
    return kwargs


def _meaningful(value: object) -> bool:
    """None and empty collections say nothing."""
    return value is not None and not (isinstance(value, (dict, list, str)) and not value)


def experiment_name(kwargs: Mapping[str, Any]) -> str:
    """A stable name of an experiment's parameters: `use_image_modality_False`."""
    return "__".join(f"{key}_{_plain(value)}" for key, value in sorted(kwargs.items()))


def _plain(value: object) -> str:
    if isinstance(value, list):
        return f"[{','.join(_plain(one) for one in value)}]"
    if isinstance(value, dict):
        return "{" + ",".join(f"{key}:{_plain(one)}" for key, one in sorted(value.items())) + "}"
    return str(value)
