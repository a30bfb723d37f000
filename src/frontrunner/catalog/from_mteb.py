"""Read the catalog from the registry of mteb-core (the `catalog` extra).

The only module that imports mteb. It asks the registry for facts and keeps them as plain data.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import msgspec

from frontrunner.base.errors import MissingExtraError
from frontrunner.catalog.languages import Languages
from frontrunner.catalog.model import (
    Aggregation,
    Benchmark,
    Catalog,
    CustomGroup,
    CustomGrouping,
    MenuEntry,
    Model,
    Scope,
    Task,
)

# Facts about old result files that mteb keeps in its reader and not in its registry.
_OLD_TASK_NAMES = {
    "NorwegianParliament": "NorwegianParliamentClassification",
    "CMedQAv2": "CMedQAv2-reranking",
    "CMedQAv1": "CMedQAv1-reranking",
    "8TagsClustering": "EightTagsClustering",
    "PPC": "PpcPC",
}
_RETIRED_TASKS = {
    f"Scala{language}Classification": "accuracy" for language in ("Nb", "Nn", "Da", "Sv")
}


def installed_version() -> str | None:
    """The version of mteb-core that can be read here, or None."""
    try:
        return version("mteb-core")
    except PackageNotFoundError:
        return None


def read_catalog() -> tuple[Catalog, dict[str, bytes]]:
    """The whole registry as a catalog, and each task's descriptive statistics as JSON.

    Takes seconds: importing the registry builds every task class. Raises MissingExtraError
    where mteb-core is not installed.
    """
    found = installed_version()
    if found is None:
        raise MissingExtraError(
            "The catalog of public tasks, benchmarks and models comes from mteb-core, which is "
            "not installed. In a checkout of Frontrunner, run: pip install '.[catalog]'"
        )
    import mteb  # noqa: PLC0415 -- seconds and hundreds of MB, paid only where it is asked for
    from mteb.benchmarks._leaderboard_menu import HOME_BENCHMARK_ENTRIES  # noqa: PLC0415
    from mteb.get_tasks import TASK_LIST  # noqa: PLC0415
    from mteb.models.model_implementations import MODEL_REGISTRY  # noqa: PLC0415

    catalog = Catalog(
        source=f"mteb-core {found}",
        tasks=tuple(_task(cls) for cls in TASK_LIST),
        benchmarks=tuple(_benchmark(bench) for bench in mteb.get_benchmarks()),
        models=tuple(_model(meta) for meta in MODEL_REGISTRY.values()),
        menu=tuple(_menu_entry(entry) for entry in HOME_BENCHMARK_ENTRIES),
        languages=_languages(),
        old_task_names=_OLD_TASK_NAMES,
        retired_tasks=_RETIRED_TASKS,
        registry_notices=_notices(MODEL_REGISTRY.values()),
    )
    return catalog, _statistics(TASK_LIST)


def _notices(models: Iterable[Any]) -> tuple[str, ...]:
    """Impossible values in the registry, and how pages show them."""
    return tuple(
        f"The registry says that {meta.name} is superseded by itself. Its page leaves that out."
        for meta in models
        if meta.superseded_by == meta.name
    )


def _languages() -> Languages:
    from mteb.languages import iso_mappings  # noqa: PLC0415
    from mteb.languages.programming_languages import PROGRAMMING_LANGS  # noqa: PLC0415

    return Languages(
        names=dict(iso_mappings.ISO_TO_LANGUAGE),
        scripts={**iso_mappings.ISO_TO_SCRIPT, **iso_mappings._SCRIPT_DISPLAY_ALIASES},
        default_script=dict(iso_mappings._get_iso3_to_default_script()),
        programming=tuple(PROGRAMMING_LANGS),
    )


def _strings(values: Iterable[Any] | None) -> tuple[str, ...] | None:
    return None if values is None else tuple(str(value) for value in values)


def _task(cls: Any) -> Task:
    from mteb.abstasks.aggregated_task import AbsTaskAggregate  # noqa: PLC0415

    meta = cls.metadata
    date_from, date_to = (str(day) for day in meta.date[:2]) if meta.date else (None, None)
    return Task(
        name=meta.name,
        type=str(meta.type),
        simplified_type=str(meta.simplified_task_type),
        main_score=str(meta.main_score),
        splits=tuple(meta.eval_splits),
        subsets={
            name: _settled(cls, codes) for name, codes in meta.hf_subsets_to_langscripts.items()
        },
        description=meta.description,
        domains=_settled(cls, meta.domains) if meta.domains else None,
        modalities=_strings(meta.modalities) or (),
        category=meta.category,
        reference=None if meta.reference is None else str(meta.reference),
        citation=meta.bibtex_citation,
        public=meta.is_public,
        source_dataset=meta.dataset["path"],
        license=None if meta.license is None else str(meta.license),
        date_from=date_from,
        date_to=date_to,
        annotations_creators=meta.annotations_creators,
        dialect=_strings(meta.dialect),
        sample_creation=meta.sample_creation,
        aggregate=issubclass(cls, AbsTaskAggregate),
        parts=tuple(sorted(part.metadata.name for part in getattr(meta, "tasks", ()))),
        revision=meta.dataset.get("revision"),
        superseded_by=meta.superseded_by,
    )


def _settled(cls: Any, values: Iterable[Any]) -> tuple[str, ...]:
    """An aggregate's lists come out of sets; sorted, equal registries give equal catalogs."""
    texts = tuple(str(value) for value in values)
    return tuple(sorted(texts)) if hasattr(cls.metadata, "tasks") else texts


def _scope(task: Any) -> Scope:
    meta = task.metadata
    return Scope(
        task=meta.name,
        splits=tuple(task.eval_splits),
        subsets=tuple(task.hf_subsets),
        whole=set(task.hf_subsets) == set(meta.hf_subsets)
        and set(task.eval_splits) == set(meta.eval_splits),
    )


def _grouping(grouping: Any) -> CustomGrouping:
    return CustomGrouping(
        name=grouping.name,
        groups=tuple(
            CustomGroup(
                label=group.label,
                scopes=tuple(_scope(task) for task in group.tasks),
                description=group.description,
            )
            for group in grouping.groups
        ),
    )


def _aggregations(benchmark: Any) -> tuple[Aggregation, ...]:
    from mteb.benchmarks.benchmark import CustomGrouping as MtebGrouping  # noqa: PLC0415

    asked = (
        Aggregation.CUSTOM_GROUPS if isinstance(one, MtebGrouping) else Aggregation(one.value)
        for one in benchmark.aggregations
    )
    return tuple(dict.fromkeys(asked))


def _benchmark(bench: Any) -> Benchmark:
    from mteb.benchmarks.benchmark import CustomGrouping as MtebGrouping  # noqa: PLC0415
    from mteb.benchmarks.benchmark import RtebBenchmark  # noqa: PLC0415

    sort_by = bench.summary_sort_column or ()
    view = bench.language_view or None
    return Benchmark(
        name=bench.name,
        display_name=bench.display_name or bench.name,
        scopes=tuple(_scope(task) for task in bench.tasks),
        aliases=_strings(bench.aliases) or (),
        description=bench.description or "",
        reference=str(bench.reference) if bench.reference else None,
        citation=bench.citation,
        icon=bench.icon or None,
        on_menu=bool(bench.display_on_leaderboard),
        superseded_by=_strings(bench.superseded_by) or (),
        aggregations=_aggregations(bench),
        groupings=tuple(_grouping(g) for g in bench.aggregations if isinstance(g, MtebGrouping)),
        show_zero_shot=bool(bench.show_zero_shot),
        language_view=view if view is None or view == "all" else tuple(view),
        sort_by=_sort_columns((sort_by,) if isinstance(sort_by, str) else sort_by),
        public_only=isinstance(bench, RtebBenchmark),
    )


def _sort_columns(columns: Sequence[str]) -> tuple[str, ...]:
    """`Mean (TaskType)` -> `mean_task_type`: our names for mteb's column titles."""
    ours = {
        "Mean (Task)": "mean_task",
        "Mean (TaskType)": "mean_task_type",
        "Mean (Public)": "mean_public",
        "Mean (Private)": "mean_private",
        "Mean (Subset)": "mean_subset",
    }
    return tuple(ours[column] for column in columns)


def _largest(embed_dim: int | Sequence[int] | None) -> int | None:
    """A model with several output sizes (Matryoshka) is listed with its largest."""
    if embed_dim is None or isinstance(embed_dim, int):
        return embed_dim
    return max(embed_dim, default=None)


def _model(meta: Any) -> Model:
    seen = meta.get_training_datasets()
    known = meta.training_datasets
    data = meta.public_training_data
    tokens = meta.max_tokens
    return Model(
        name=meta.name,
        revision=meta.revision,
        url=meta.reference,
        parameters=meta.n_parameters,
        active_parameters=meta.n_active_parameters,
        embedding_dim=_largest(meta.embed_dim),
        max_tokens=None if tokens is None or tokens == float("inf") else float(tokens),
        release_date=str(meta.release_date) if meta.release_date else None,
        types=_strings(meta.model_type) or ("dense",),
        instruction_tuned=meta.use_instructions,
        open_weights=meta.open_weights,
        openness=dict(meta.openness),
        frameworks=_strings(meta.framework) or (),
        modalities=_strings(meta.modalities) or ("text",),
        languages=_strings(meta.languages) or (),
        citation=meta.citation or None,
        memory_mb=None if meta.memory_usage_mb is None else float(meta.memory_usage_mb),
        license=str(meta.license) if meta.license else None,
        training_code=str(meta.public_training_code) if meta.public_training_code else None,
        training_data=None if data is None else str(data),
        adapted_from=meta.adapted_from or None,
        superseded_by=meta.superseded_by or None,
        extra_requirements=_strings(meta.extra_requirements_groups or None),
        training_datasets=None if known is None else tuple(sorted(known)),
        seen_tasks=None if seen is None else tuple(sorted(seen)),
        run_defaults={
            "model_type": list(meta.model_type),
            "embed_dim": meta.embed_dim,
            "output_dtypes": meta.output_dtypes,
        },
    )


def _menu_entry(entry: Any) -> MenuEntry:
    return MenuEntry(
        name=entry.name or "",
        children=tuple(
            _menu_entry(child) if hasattr(child, "benchmarks") else child.name
            for child in entry.benchmarks
        ),
        description=entry.description,
        open=entry.open,
    )


def _statistics(task_classes: Iterable[Any]) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for cls in task_classes:
        path = cls.metadata.descriptive_stat_path
        if path.exists():
            found[cls.metadata.name] = msgspec.json.format(path.read_bytes(), indent=-1)
    return found
