"""A model's page says which tasks it lacks, and how to run and submit them."""

from __future__ import annotations

from pathlib import Path

from frontrunner.answers.service import Service
from frontrunner.results.ingest import ingest
from frontrunner.web.views.missing import missing
from tests.factories import catalog, snapshot_of, task, write_scores
from tests.web.conftest import Browser, plain_commands


def made(folder: Path) -> Service:
    tasks = [task("T1"), task("T2"), task("Secret", public=False)]
    scores = {"org/a": {"T1": 0.9}, "org/b": {"T1": 0.2, "T2": 0.4, "Secret": 0.6}}
    read = ingest(write_scores(folder / "results", scores), catalog(tasks), workers=1)
    return Service(snapshot_of(folder / "home", read))


def test_public_and_private_tasks_that_a_model_lacks(tmp_path: Path) -> None:
    service = made(tmp_path)
    [one] = missing(service, service.model_scores("org/a").rows, "org/a")
    assert (one.benchmark, one.total, one.tasks, one.private) == ("All", 3, ["T2"], ["Secret"])
    assert one.command == "mteb run -m org/a -t T2"
    assert missing(service, service.model_scores("org/b").rows, "org/b") == []


def test_the_page_names_them_and_the_command(tmp_path: Path) -> None:
    browser = Browser(made(tmp_path))
    html = browser.text("/models/org/a")
    assert 'href="/scores/org/a?board=All"' in html
    assert 'id="missing-1"' in html
    assert "mteb run -m org/a -t T2" in plain_commands(html)
    assert "Only those who have the data can run Secret" in html
    assert "Missing results" not in browser.text("/models/org/b")
