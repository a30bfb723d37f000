"""Where the evaluation environment keeps the packages that the starter tasks are made from."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from frontrunner.base.errors import EvaluationError


def folder_of(package: str) -> Path:
    """Find an installed package's folder without importing it."""
    spec = importlib.util.find_spec(package)
    locations = list(spec.submodule_search_locations or []) if spec else []
    if not locations:
        raise EvaluationError(
            f"The package {package} is missing from the evaluation environment. Remove the "
            "environment and run `frontrunner evaluate` again to create a new one."
        )
    return Path(locations[0])
