"""Print how many seconds our reader takes from a folder to score rows. RESULTS HOME"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from frontrunner.catalog.store import load_catalog
from frontrunner.results.ingest import ingest

if __name__ == "__main__":
    catalog, _ = load_catalog(Path(sys.argv[2]))
    began = time.perf_counter()
    rows = ingest(Path(sys.argv[1]), catalog).table.rows
    print(time.perf_counter() - began, rows)
