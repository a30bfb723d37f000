"""WHAT is scored: tasks, benchmarks and models, read from mteb-core and from a team's own TOML.

A `Catalog` is plain frozen data. It is stored inside every snapshot, so that neither a server
nor a reader needs the registry that it came from.
"""

from frontrunner.catalog.languages import Languages
from frontrunner.catalog.model import (
    Aggregation,
    Benchmark,
    Catalog,
    Correction,
    CustomGroup,
    CustomGrouping,
    FormerName,
    MenuEntry,
    Model,
    Renamed,
    Scope,
    Task,
)

__all__ = [
    "Aggregation",
    "Benchmark",
    "Catalog",
    "Correction",
    "CustomGroup",
    "CustomGrouping",
    "FormerName",
    "Languages",
    "MenuEntry",
    "Model",
    "Renamed",
    "Scope",
    "Task",
]
