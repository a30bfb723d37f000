"""What a model's page says of where its facts and its results are from."""

from __future__ import annotations

import re
from pathlib import Path

from frontrunner.answers.service import Service
from frontrunner.catalog import Model
from frontrunner.catalog.own import add_own
from frontrunner.http.pages import PageRequest
from frontrunner.results.ingest import ingest
from frontrunner.web.site import Site
from tests.factories import catalog, result, snapshot_of, write, write_scores
from tests.web.conftest import Browser

OVERRIDE = (
    '[[override]]\nname = "today/a"\nreason = "The registry <misses> it."\nmax_tokens = 8192\n'
)


def page(folder: Path, path: str, own: str = OVERRIDE) -> str:
    known = catalog(models=[Model(name="today/a", revision="abc"), "org/tiny"])
    known = add_own(known, write(folder, "own.toml", own.encode()))
    snapshot = snapshot_of(folder / "home", ingest(folder / "results", known, workers=1))
    bare, _, query = path.partition("?")
    found = Site().find(Service(snapshot), PageRequest(bare, query.encode(), "en", True))
    assert found is not None
    return found.answer.identity.decode()


def test_facts_are_explained_where_they_stand(browser: Browser) -> None:
    html = browser.text("/models/org/small")
    for what in ("Licence", "Commercial use", "Openness", "Params"):
        assert html.count(f'<span class="sr">What {what} means</span>') == 1, what
    assert 'href="/data#licences"' in html


def test_the_mean_stands_next_to_the_rank(browser: Browser) -> None:
    """A phone shows four columns at once."""
    table = browser.text("/models/org/small").partition('aria-label="Boards"')[2]
    heads = re.findall(r"<th scope=\"col\"[^>]*>([^<\n]+)", table.partition("<tbody>")[0])
    assert heads[:5] == ["Board", "Rank", "Models", "Mean (task)", "Mean (type)"]
    row = table.partition("<tbody>")[2].partition("<tr>")[2].partition("<tr>")[0]
    assert len(re.findall(r"<t[dh]\b", row)) == len(heads)


def test_the_list_says_what_models_cost(browser: Browser) -> None:
    row = browser.text("/models").partition('/models/org/large"')[2].partition("<tr")[0]
    assert '<td class="n">7B<td class="n">2B<td class="n">' in row


def test_models_on_a_board_come_first_and_the_newest_of_them_at_the_top(tmp_path: Path) -> None:
    days = {"org/old": "2024-01-01", "org/new": "2026-01-01", "org/untried": "2026-11-01"}
    models = [Model(name=name, release_date=day) for name, day in days.items()]
    scores = {"org/old": {"T1": 0.5}, "org/new": {"T1": 0.25}}
    results = ingest(write_scores(tmp_path / "results", scores), catalog(models=models), workers=1)
    service = Service(snapshot_of(tmp_path / "home", results))
    found = Site().find(service, PageRequest("/models", b"", "en", True))
    assert found is not None
    rows = re.findall(r'<a href="/models/(org/\w+)"', found.answer.identity.decode())
    assert rows == ["org/new", "org/old", "org/untried"]


def test_a_licence_at_an_address_is_a_link_with_a_short_name(tmp_path: Path) -> None:
    write(tmp_path, "results/lab__own/1/T1.json", result("T1", 0.5))
    address = "https://huggingface.co/lab/own#%F0%9F%93%9C-license"
    own = OVERRIDE + f'[[model]]\nname = "lab/own"\nlicense = "{address}"\n'
    shown = page(tmp_path, "/models/lab/own", own)
    assert f'<a href="{address}" rel="nofollow noopener">lab license</a>' in shown


def test_a_model_described_by_its_result_files(tmp_path: Path) -> None:
    meta = {"name": "lab/new", "revision": "1", "n_parameters": 100_000}
    write(tmp_path, "results/lab__new/1/model_meta.json", meta)
    write(tmp_path, "results/lab__new/1/T1.json", result("T1", 0.5))
    shown = page(tmp_path, "/models/lab/new")
    assert "Described by its result files" in shown
    assert "100K" in shown
    assert "? weights" in shown
    assert "✗" not in shown
    listed = page(tmp_path, "/models")
    assert "100K" in listed


def test_what_a_catalog_does_not_say_is_unknown(tmp_path: Path) -> None:
    write(tmp_path, "results/lab__bare/1/T1.json", result("T1", 0.5))
    write(tmp_path, "results/today__a/abc/T1.json", result("T1", 0.5))
    own = OVERRIDE + '[[model]]\nname = "lab/bare"\n'
    shown = page(tmp_path, "/models/lab/bare", own)
    assert "<dt>Instructions<dd>not known" in shown
    assert "<dt>Sentence Transformers<dd>not known" in shown
    assert "✗" not in shown
    row = '/models/lab/bare">.*(<td>open|<td>closed|<td>\u2013)'
    assert re.findall(row, page(tmp_path, "/models", own)) == ["<td>\u2013"]
    assert '<td class="nobr">?' in page(tmp_path, "/compare?models=lab/bare", own)
    own += "instruction_tuned = false\nopen_weights = false\n"
    shown = page(tmp_path, "/models/lab/bare", own)
    assert "<dt>Instructions<dd>no</div>" in shown
    assert "✗ weights" in shown
    for filtered in ("weights=closed", "instructions=no"):
        listed = re.findall(r"<tr>.*?/models/([^\"]+)", page(tmp_path, f"/models?{filtered}", own))
        assert listed == ["lab/bare"]


def test_what_follows_a_short_list_of_boards_stands_below_it(tmp_path: Path) -> None:
    """On a wide screen, beside strengths; the order is the same on a phone."""
    names = [f"org/m{place}" for place in range(7)]
    known = catalog(models=[Model(name=name, parameters=100_000_000) for name in names])
    scores = {name: {"T1": 0.5, "T2": place / 10} for place, name in enumerate(names)}
    results = ingest(write_scores(tmp_path / "results", scores), known, workers=1)
    html = Browser(Service(snapshot_of(tmp_path / "home", results))).text("/models/org/m3")
    beside = html[html.index('<div class="halves three-parts">') :]
    parts = re.findall(r"<h2>(\w+)|(<div>|</div>)\s*(?=<section)", beside)
    assert [one or mark for one, mark in parts] == [
        "Strengths",
        "<div>",
        "Boards",
        "</div>",
        "Training",
    ]


def test_a_corrected_fact_shows_both_values_and_the_reason(tmp_path: Path) -> None:
    write(tmp_path, "results/today__a/abc/T1.json", result("T1", 0.5))
    shown = page(tmp_path, "/models/today/a")
    assert "Corrected by this board:" in shown
    assert "<code>max_tokens</code>: not known → 8,192. The registry &lt;misses&gt; it." in shown
    assert "<dd>8,192" in shown


def test_results_under_a_former_name_are_pointed_at(tmp_path: Path) -> None:
    write(tmp_path, "results/was__a/abc/T1.json", result("T1", 0.5))
    write(tmp_path, "results/org__tiny/1/T1.json", result("T1", 0.5))
    shown = page(tmp_path, "/models/today/a")
    assert "1 result file is stored under its probable former name was/a" in shown
    assert "former name" not in page(tmp_path, "/models/org/tiny")
    listed = page(tmp_path, "/models?q=WAS")
    assert re.findall(r"<tr><th[^>]*><a href=\"/models/([^\"]+)", listed) == ["today/a"]
