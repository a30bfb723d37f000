"""The page about the data."""

from __future__ import annotations

import html

import polars as pl

from frontrunner.answers.service import Service
from tests.web.conftest import Browser


def test_all_scores_are_one_link_with_a_query_that_reads_them(
    browser: Browser, service: Service
) -> None:
    shown = html.unescape(browser.text("/data"))
    assert 'href="/v1/snapshot/scores.parquet"' in shown
    query = shown.partition("select model")[2].partition("<")[0]
    task = query.partition("task = '")[2].partition("'")[0]
    scores = service.snapshot.frame("scores").with_columns(pl.col("task").cast(pl.String))
    assert scores.filter(pl.col("task") == task).collect().height
    assert "/v1/snapshot/scores.parquet" in query
