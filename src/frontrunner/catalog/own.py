"""A team's own tasks, benchmarks and models (placeholder filled next)."""

from pathlib import Path

from frontrunner.catalog.model import Catalog


def own_alone(path: Path) -> Catalog:
    raise NotImplementedError


def add_own(catalog: Catalog, path: Path) -> Catalog:
    raise NotImplementedError
