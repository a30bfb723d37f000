"""Benchmarks, tasks and models of the catalog as JSON structs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any
from urllib.parse import quote

import msgspec

from frontrunner import catalog as nouns
from frontrunner.answers import schemas
from frontrunner.catalog.languages import LanguageNames

MODEL_MARK = -987654321
"""Placeholder for the zero-shot percentage in an encoded model; a board replaces it."""


def is_url(value: str) -> bool:
    """Whether an icon is an address, and not an emoji."""
    return value[:7].lower().startswith(("http://", "https:/", "data:"))


def billions(parameters: float | None) -> float | None:
    """A count of parameters in billions, to the million."""
    return None if parameters is None else round(float(parameters) / 1e9, 3)


def whole_tokens(tokens: float | None) -> int | None:
    """A token limit as a whole number."""
    return None if tokens is None else int(tokens)


def joined(halves: tuple[bytes, bytes], zero_shot: int) -> msgspec.Raw:
    """A model as JSON, from its halves."""
    return msgspec.Raw(b"%b%d%b" % (halves[0], zero_shot, halves[1]))


class Entities:
    """Renders the catalog's entries, and caches them."""

    def __init__(self, catalog: nouns.Catalog) -> None:
        self.catalog = catalog
        self._label = catalog.languages.label
        self._benchmarks: dict[str, tuple[nouns.Benchmark, schemas.Benchmark]] = {}

    @cached_property
    def vocabulary(self) -> Mapping[str, frozenset[str]]:
        """All values of each kind that a ranking can be filtered by."""
        tasks, models = self.catalog.tasks, self.catalog.models
        return {
            "types": frozenset(task.type for task in tasks),
            "domains": frozenset(domain for task in tasks for domain in task.domains or ()),
            "subsets": frozenset(subset for task in tasks for subset in task.subsets),
            "modalities": frozenset(one for model in models for one in model.modalities),
            "task_modalities": frozenset(one for task in tasks for one in task.modalities),
            "model_types": frozenset(one for model in models for one in model.types),
            "frameworks": frozenset(one for model in models for one in model.frameworks),
        }

    @cached_property
    def task_languages(self) -> LanguageNames:
        """What the languages of all tasks may be called."""
        subsets = (codes for task in self.catalog.tasks for codes in task.subsets.values())
        every = dict.fromkeys(code for codes in subsets for code in codes)
        return LanguageNames(self.catalog.languages, every)

    def _labels(self, codes: Iterable[str]) -> list[str]:
        return [self._label(code) for code in codes]

    # --- tasks ------------------------------------------------------------------------------

    def task(
        self, task: nouns.Task, num_models: int = 0, subsets: Iterable[str] | None = None
    ) -> schemas.Task:
        """A task; `subsets` narrows its languages to those of a benchmark's scope."""
        languages = self._labels(task.language_codes)
        if subsets is not None:
            languages = sorted(set(self._labels(self.scope_codes(task, subsets))))
        return schemas.Task(
            name=task.name,
            type=task.type,
            simplified_type=task.simplified_type,
            languages=languages,
            domains=None if task.domains is None else list(task.domains),
            modalities=list(task.modalities),
            description=task.description,
            reference=task.reference,
            citation=task.citation,
            is_public=task.public,
            source_dataset=task.source_dataset,
            license=task.license,
            date_from=task.date_from,
            date_to=task.date_to,
            annotations_creators=task.annotations_creators,
            dialect=None if task.dialect is None else list(task.dialect),
            sample_creation=task.sample_creation,
            main_score=task.main_score,
            num_models=num_models,
        )

    def scope_codes(self, task: nouns.Task, subsets: Iterable[str]) -> list[str]:
        """Bare language codes of some subsets of a task; of all its subsets if none is named."""
        names = list(subsets)
        if not names:
            return task.language_codes
        codes = (code for name in names for code in task.subsets.get(name, ()))
        return sorted({code.split("-", 1)[0] for code in codes})

    # --- benchmarks -------------------------------------------------------------------------

    def grouping(self, grouping: nouns.CustomGrouping) -> schemas.CustomGrouping:
        """A grouping with all its groups."""
        return schemas.CustomGrouping(
            name=grouping.name, groups=[self.group(group) for group in grouping.groups]
        )

    def group(self, group: nouns.CustomGroup) -> schemas.CustomGroup:
        """One group."""
        return schemas.CustomGroup(
            label=group.label,
            description=group.description,
            tasks=[scope.task for scope in group.scopes if scope.whole],
            tasks_complete=all(scope.whole for scope in group.scopes),
        )

    def benchmark(self, bench: nouns.Benchmark, num_models: int = 0) -> schemas.Benchmark:
        """A benchmark, with the languages, types and domains of its tasks.

        The front page and the way from a need to a board look at all of them, several times.
        """
        found, made = self._benchmarks.get(bench.name, (None, None))
        if found is not bench or made is None:
            made = self._benchmark(bench)
            self._benchmarks[bench.name] = bench, made
        return msgspec.structs.replace(made, num_models=num_models)

    def _benchmark(self, bench: nouns.Benchmark) -> schemas.Benchmark:
        tasks = [self.catalog.task_by_name[scope.task] for scope in bench.scopes]
        codes = (
            code
            for task, scope in zip(tasks, bench.scopes, strict=True)
            for code in self.scope_codes(task, scope.subsets)
        )
        view = bench.language_view
        return schemas.Benchmark(
            name=bench.name,
            display_name=bench.display_name,
            icon=self._icon(bench),
            description=bench.description,
            reference=bench.reference,
            citation=bench.citation,
            languages=sorted(set(self._labels(codes))),
            task_types=sorted({task.type for task in tasks}),
            simplified_task_types=sorted({task.simplified_type for task in tasks}),
            tasks=[task.name for task in tasks],
            domains=sorted({domain for task in tasks for domain in task.domains or ()}),
            modalities=sorted({modality for task in tasks for modality in task.modalities}),
            display_on_leaderboard=bench.on_menu,
            new_version=list(bench.superseded_by) or None,
            aggregations=[str(one) for one in bench.aggregations],
            custom_groupings=[self.grouping(one) for one in bench.groupings],
            show_zero_shot=bench.show_zero_shot,
            num_models=0,
            language_view=view
            if view is None or isinstance(view, str)
            else sorted(set(self._labels(view))),
        )

    def _icon(self, bench: nouns.Benchmark) -> str | None:
        if bench.icon and is_url(bench.icon):
            return f"/v1/icon/{quote(bench.name, safe='')}"
        return bench.icon

    def menu(self, num_models: Mapping[str, int]) -> list[schemas.MenuEntry]:
        """The home menu."""
        return [self._menu_entry(entry, num_models) for entry in self.catalog.menu]

    def _menu_entry(
        self, entry: nouns.MenuEntry, num_models: Mapping[str, int]
    ) -> schemas.MenuEntry:
        children: list[schemas.MenuEntry | schemas.Benchmark] = []
        for child in entry.children:
            if isinstance(child, str):
                bench = self.catalog.benchmark_by_name[child]
                children.append(self.benchmark(bench, num_models.get(child, 0)))
            else:
                children.append(self._menu_entry(child, num_models))
        return schemas.MenuEntry(
            name=entry.name, description=entry.description, open=entry.open, children=children
        )

    # --- models -----------------------------------------------------------------------------

    def model(
        self,
        model: nouns.Model,
        zero_shot: int = -1,
        experiment: Mapping[str, Any] | None = None,
    ) -> schemas.Model:
        """A model; facts of an experiment's run override those of the catalog."""
        run = experiment or {}
        types = run.get("model_type") or list(model.types)
        dimension = run.get("embed_dim", model.embedding_dim)
        return schemas.Model(
            name=model.name,
            url=model.url,
            zero_shot_pct=zero_shot,
            active_params_b=billions(model.active_parameters),
            total_params_b=billions(model.parameters),
            embedding_dim=max(dimension) if isinstance(dimension, list) else dimension,
            max_tokens=None if model.max_tokens is None else float(int(model.max_tokens)),
            release_date=model.release_date,
            model_type=types[0],
            instruction_tuned=bool(model.instruction_tuned),
            open_weights=bool(model.open_weights),
            openness=dict(model.openness),
            openness_score=sum(model.openness.values()),
            sentence_transformers_compatible="Sentence Transformers" in model.frameworks,
            modalities=list(model.modalities),
            languages=sorted({self._label(code) for code in model.languages if code}),
            citation=model.citation,
            memory_usage_mb=model.memory_mb,
            license=model.license,
            public_training_code=model.training_code,
            public_training_data=model.training_data,
            adapted_from=model.adapted_from,
            superseded_by=model.superseded_by,
            extra_requirements_groups=None
            if model.extra_requirements is None
            else list(model.extra_requirements),
            training_datasets=list(model.training_datasets) if model.training_datasets else None,
        )

    @cached_property
    def _rendered(self) -> dict[str, tuple[bytes, bytes]]:
        return {}

    def model_json(self, name: str, zero_shot: int) -> msgspec.Raw:
        """A model as JSON, with a zero-shot percentage."""
        halves = self._rendered.get(name)
        if halves is None:
            halves = self._rendered[name] = self.model_halves(name)
        return joined(halves, zero_shot)

    def model_halves(
        self, name: str, experiment: Mapping[str, Any] | None = None
    ) -> tuple[bytes, bytes]:
        """A model as JSON, in two halves: before and after its zero-shot percentage.

        A board repeats hundreds of models whose entries differ only in this number.
        """
        model = self.model(self.catalog.model_by_name[name], MODEL_MARK, experiment)
        before, _, after = msgspec.json.encode(model).partition(b"%d" % MODEL_MARK)
        return before, after
