"""What a board saves in the browser: no cell of it may run in a spreadsheet."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest

from frontrunner.http.app import Application
from frontrunner.results.ingest import ingest
from frontrunner.web.site import Site
from tests.browser.conftest import served
from tests.factories import catalog, snapshot_of, task, write_scores

pytestmark = pytest.mark.browser
NAMES = ("=1+1", "+cmd", "@sum", "-1+1", "-x", "\uff1d1", "plain")


def test_cells_that_begin_like_a_formula_are_neutralised_and_numbers_stay(
    page: Any, tmp_path: Path
) -> None:
    models = [f"{name}/m" for name in NAMES]
    tasks = [task(name, main_score="cosine_spearman") for name in ("T1", "T2")]
    known = catalog(tasks, models=models)
    # A correlation may be negative: a number, not a formula.
    scores = {name: {"T1": -0.5 if name == "plain/m" else 0.5, "T2": 0.25} for name in models}
    ingested = ingest(write_scores(tmp_path / "results", scores), known, workers=1)
    snapshot = snapshot_of(tmp_path / "home", ingested)
    with served(Application(snapshot, pages=Site())) as address:
        page.goto(f"{address}/benchmark/All/tasks")
        page.wait_for_selector("#tools:not([hidden])")
        page.locator("#share summary").click()
        with page.expect_download() as waiting:
            page.locator('[data-save="csv"]').click()
        text = Path(waiting.value.path()).read_text(encoding="utf-8-sig")
    head, *rows = list(csv.reader(io.StringIO(text)))
    found = {row[head.index("Model")]: row[head.index("T1")] for row in rows}
    wanted = {f"{'' if name == 'plain' else chr(39)}{name}/m" for name in NAMES}
    assert set(found) == wanted
    assert found["plain/m"] == "-50.00"
