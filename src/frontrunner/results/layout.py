"""What a path below the results folder means, and what `model_meta.json` says."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, auto
from typing import Any, NamedTuple

import msgspec

from frontrunner.base.json import loads, refuse_unstorable
from frontrunner.results.formats import UnusableFileError
from frontrunner.results.rejects import Reason

EXPERIMENTS = "experiments"
_DEEPEST = 16
"""Levels of an experiment's parameters; real ones have two."""


class Kind(Enum):
    """What a file is for, by where it lies."""

    RESULT = auto()
    MODEL_META = auto()
    RUN_SETTINGS = auto()
    OUT_OF_PLACE = auto()


class Place(NamedTuple):
    """A file's kind, and the folder that holds one run: `model/revision[/experiments/name]`."""

    kind: Kind
    folder: str
    experiment: bool


def place(path: str) -> Place:
    """Say what the file at `path` (below the results folder, with `/`) is for."""
    folder, _, name = path.rpartition("/")
    parts = folder.split("/")
    experiment = len(parts) == 4 and parts[2] == EXPERIMENTS
    if not experiment and len(parts) != 2:
        return Place(Kind.OUT_OF_PLACE, folder, False)
    if name == "model_meta.json":
        return Place(Kind.MODEL_META, folder, experiment)
    if name == "run_settings.jsonl":
        return Place(Kind.RUN_SETTINGS, folder, experiment)
    if name.endswith(".json"):
        return Place(Kind.RESULT, folder, experiment)
    return Place(Kind.OUT_OF_PLACE, folder, experiment)


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
    revision: str
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
    """The identity that the folder's name itself gives, where no model_meta.json lies in it."""
    model, revision = folder.split("/")[:2]
    return Identity(model.replace("__", "/"), revision)


def identity_of_meta(data: bytes, defaults: Mapping[str, Mapping[str, Any]]) -> Identity:
    """The identity that a model_meta.json gives.

    `defaults` holds, by model, the facts that an experiment's run may override. Raises
    UnusableFileError where the file has no name or revision.
    """
    try:
        meta = _decode_meta(data)
        refuse_unstorable(meta.experiment_kwargs, _DEEPEST)
        refuse_unstorable(meta.embed_dim, 1)
        msgspec.convert(meta.experiment_kwargs or {}, _RunFacts)
    except (ValueError, RecursionError) as error:
        raise UnusableFileError(Reason.BAD_MODEL_META, str(error)[:200]) from None
    if not meta.experiment_kwargs:
        return Identity(meta.name, meta.revision)
    return Identity(
        meta.name,
        meta.revision,
        experiment_name(meta.experiment_kwargs),
        _experiment(meta, defaults.get(meta.name, {})),
    )


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
