"""Filters of lists and rankings."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec

from frontrunner.base.errors import UsageError
from frontrunner.catalog import Model, Task
from frontrunner.catalog.languages import LanguageFilter

if TYPE_CHECKING:
    from frontrunner.answers import schemas
    from frontrunner.answers.entities import Entities
    from frontrunner.answers.prepare import Numbers

Names = tuple[str, ...]


class TaskFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Tasks by language, type, domain, modality, category, or a part of the name."""

    languages: Names = ()
    types: Names = ()
    domains: Names = ()
    modalities: Names = ()
    categories: Names = ()
    name: str | None = None

    @property
    def is_empty(self) -> bool:
        """Whether everything matches."""
        return self == TaskFilter()

    def matches(self, task: Task) -> bool:
        """Whether `task` matches, ignoring languages and name."""
        return (
            (not self.types or task.type in self.types)
            and (not self.domains or bool(set(self.domains).intersection(task.domains or ())))
            and (not self.modalities or bool(set(self.modalities).intersection(task.modalities)))
            and (not self.categories or task.category in self.categories)
        )

    def tasks(self, entities: Entities) -> Iterator[Task]:
        """The tasks that match; raises UsageError for an unknown language."""
        languages = LanguageFilter(entities.task_languages, self.languages)
        for task in entities.catalog.tasks:
            codes = (code for codes in task.subsets.values() for code in codes)
            if (
                not task.aggregate
                and self.matches(task)
                and (not self.name or self.name in task.name)
                and languages.matches(codes)
            ):
                yield task

    def apply(self, entities: Entities, numbers: Numbers) -> list[schemas.Task]:
        """The tasks that match, as JSON structs."""
        return [
            entities.task(task, numbers.tasks.get(task.name, 0)) for task in self.tasks(entities)
        ]


class ModelFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Models by type, framework, openness, instructions, size, modality, or a part of the name."""

    model_types: Names = ()
    frameworks: Names = ()
    open_weights: bool | None = None
    instruction_tuned: bool | None = None
    min_params_b: float | None = None
    max_params_b: float | None = None
    modalities: Names = ()
    exclusive_modality: bool = False
    name: str | None = None

    @property
    def is_empty(self) -> bool:
        """Whether everything matches."""
        return self == ModelFilter()

    def matches(self, model: Model) -> bool:
        """Whether `model` matches."""
        return (
            (self.open_weights is None or model.open_weights == self.open_weights)
            and set(self.frameworks) <= set(model.frameworks)
            and (
                self.instruction_tuned is None or model.instruction_tuned == self.instruction_tuned
            )
            and (not self.model_types or bool(set(self.model_types).intersection(model.types)))
            and self._modalities_match(set(model.modalities))
            and self._size_matches(model.parameters)
            and (not self.name or self.name in model.name)
        )

    def _modalities_match(self, modalities: set[str]) -> bool:
        if not self.modalities:
            return True
        if self.exclusive_modality:
            return modalities == set(self.modalities)
        return set(self.modalities) <= modalities

    def _size_matches(self, parameters: int | None) -> bool:
        low, high = _whole(self.min_params_b), _whole(self.max_params_b)
        if low is None and high is None:
            return True
        if parameters is None:
            return False
        return (low is None or parameters >= low) and (high is None or parameters <= high)

    def apply(self, entities: Entities) -> list[msgspec.Raw]:
        """The models that match, as JSON."""
        kept = [model for model in entities.catalog.models if self.matches(model)]
        return [entities.model_json(model.name, -1) for model in kept]


def _whole(billions: float | None) -> int | None:
    """A number of billions as a count of parameters."""
    if billions is None:
        return None
    parameters = billions * 1e9
    if not math.isfinite(parameters):
        raise UsageError("A number of parameters must be finite.")
    return int(parameters)


class RankRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A request to `/v1/rank`: a benchmark or tasks, filters, weights, a policy."""

    benchmark: str | None = None
    tasks: Names = ()
    languages: Names = ()
    subsets: Names = ()
    types: Names = ()
    domains: Names = ()
    weights: Names = ()
    """`name:number` of tasks and of types."""
    policy: str = "strict"
    data_revision: str | None = None
    bands: bool = False
    """Whether rows say how sure their ranks are."""
    models: ModelFilter = ModelFilter()


class TiesRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A request to `/v1/ties`."""

    model: str
    ranking: RankRequest
    """The board, or what is ranked in its place."""
    run: str | None = None
    """The parameters of an experiment as JSON; None for the ordinary run."""
