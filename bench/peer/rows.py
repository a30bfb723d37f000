"""Print how many seconds mteb takes from a folder to a frame of scores. RESULTS"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from bench.peer.frames import load_all

if __name__ == "__main__":
    import mteb  # noqa: F401 -- importing the registry is not what is measured

    began = time.perf_counter()
    rows = load_all(Path(sys.argv[1]))._to_results_df().height
    print(time.perf_counter() - began, rows)
