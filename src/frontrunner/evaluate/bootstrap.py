"""Start the worker inside the evaluation environment, where Frontrunner itself is not installed.

Only this package is made importable, by its own folder: adding the folder above it to `sys.path`
would bring the base environment's other packages along. Run with `python -P`.
"""

from __future__ import annotations

import importlib.util
import runpy
import sys
from pathlib import Path


def make_importable(package: Path) -> None:
    """Register the folder `package` under its name."""
    spec = importlib.util.spec_from_file_location(
        package.name, package / "__init__.py", submodule_search_locations=[str(package)]
    )
    if spec is None or spec.loader is None:
        raise ImportError(f"{package} is not a Python package")
    module = importlib.util.module_from_spec(spec)
    sys.modules[package.name] = module
    spec.loader.exec_module(module)


if __name__ == "__main__":
    make_importable(Path(__file__).resolve().parents[1])
    module = sys.argv[1] if len(sys.argv) > 1 else "frontrunner.evaluate.worker"
    runpy.run_module(module, run_name="__main__", alter_sys=True)
