"""What the environment of a worker can import."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from frontrunner.evaluate import runner


def test_bootstrap_makes_this_package_importable_and_nothing_beside_it() -> None:
    bootstrap = Path(runner.__file__).with_name("bootstrap.py")
    code = (
        f"import runpy, sys; sys.argv = ['b', 'frontrunner.evaluate.suite']; "
        f"runpy.run_path({str(bootstrap)!r}, run_name='__main__'); "
        "import json; print(json.dumps([p for p in sys.path if 'frontrunner' in p]))"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout) == []
