"""Links made for older boards lead to the page that shows what they meant."""

from __future__ import annotations

import json
from html import unescape
from pathlib import Path
from urllib.parse import quote, unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontrunner.answers.service import Service
from frontrunner.catalog import Benchmark
from frontrunner.http.pages import Page
from frontrunner.legacy.boardmap import Successor, load_board_map
from frontrunner.legacy.links.meaning import plain
from frontrunner.results.ingest import ingest
from frontrunner.web.export import export
from tests.factories import catalog, scope, snapshot_of, task, write_scores
from tests.web.conftest import Browser

ROWS = list(load_board_map().values())


def get(browser: Browser, address: str) -> Page:
    """What a browser gets at an address; the path is decoded, as a server does."""
    path, _, query = address.partition("?")
    return browser.page(unquote(path), query)


def led(page: Page) -> str:
    """Where a redirect leads."""
    assert page.status == 301
    return dict(page.headers)[b"location"].decode()


@pytest.fixture(scope="module")
def old_browser(tmp_path_factory: pytest.TempPathFactory) -> Browser:
    """A board that has every successor by name, with two tasks of the tables without one."""
    root = tmp_path_factory.mktemp("old")
    tasks = [task("BUCC", type="BitextMining"), task("Tatoeba", type="BitextMining"), task("STS17"),
             task("ArguAna-PL", type="Retrieval"), task("MTOPDomainClassification")]  # fmt: skip
    names = sorted({row.benchmark for row in ROWS if row.benchmark} | {"MTEB(eng, v2)"})
    known = catalog(
        tasks,
        benchmarks=[
            Benchmark(name=name, display_name=name, scopes=(scope(tasks[0]),)) for name in names
        ],
    )
    scores = {"org/a": {"BUCC": 0.9, "Tatoeba": 0.8}, "org/b": {"BUCC": 0.5}}
    ingested = ingest(write_scores(root / "results", scores), known, workers=1)
    snapshot = snapshot_of(root / "home", ingested)
    return Browser(Service(snapshot))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.task}-{row.language}")
def test_every_link_of_the_first_board_leads_to_a_page(
    old_browser: Browser, row: Successor
) -> None:
    target = led(get(old_browser, f"/?task={row.task}&language={row.language}"))
    assert target != "/"
    assert get(old_browser, target).status == 200


def test_a_copy_has_a_page_for_every_link(old_browser: Browser, tmp_path: Path) -> None:
    export(old_browser.service.snapshot, tmp_path / "copy")
    known = json.loads((tmp_path / "copy/old-links.json").read_bytes())
    for row in ROWS:
        target = known["tables"][plain(row.task)][plain(row.language)]
        page = tmp_path / "copy" / unquote(target.partition("?")[0]) / "index.html"
        if row.benchmark:
            assert page.is_file(), row
            assert quote(row.benchmark, safe="()") in target, row
        else:
            assert f"old/{row.task}/{row.language}/" == target, row
            assert row.reason.split(".")[0] in unescape(page.read_text(encoding="utf-8")), row
    # Without a language: English, or the first that there is.
    assert known["tables"]["overall"][""] == known["tables"]["overall"]["english"]
    assert known["boards"]["mtebengv2"] == "benchmark/MTEB(eng%2C%20v2)/"


def test_a_table_without_a_successor_is_built_from_its_tasks(old_browser: Browser) -> None:
    answer = get(old_browser, "/zh/?task=BitextMining&language=English-X")
    assert led(answer) == "/zh/old/bitextmining/english-x"
    html = old_browser.text("/old/bitextmining/english-x")
    assert "85.00" in html
    assert "org/</i>a" in html
    assert "org/</i>b" not in html


def test_links_of_the_second_board(old_browser: Browser) -> None:
    name = "MTEB(eng, v1)"
    for spelling in (quote(name), quote(quote(name)), "MTEB%28eng%2C+v1%29", "mteb(ENG, v1)"):
        answer = get(old_browser, f"/?benchmark_name={spelling}")
        assert led(answer) == "/benchmark/MTEB(eng%2C%20v1)"


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/benchmark/mteb(ENG,%20v1)", "/benchmark/MTEB(eng%2C%20v1)"),
        ("/benchmark/mteb(ENG,%20v1)/about", "/benchmark/MTEB(eng%2C%20v1)/about"),
        ("/models/Org/A", "/models/org/a"),
        ("/tasks/bucc", "/tasks/BUCC"),
    ],
)
def test_other_spellings_lead_to_the_page(old_browser: Browser, path: str, target: str) -> None:
    assert led(get(old_browser, path)) == target


@pytest.mark.parametrize(
    ("address", "target"),
    [
        ("/?Task=STS&LANGUAGE=Chinese", "/benchmark/MTEB(cmn%2C%20v1)?types=STS"),
        ("/?task=sts&amp;language=chinese", "/benchmark/MTEB(cmn%2C%20v1)?types=STS"),
        ("/?benchmark_name=MTEB%26%2340%3Beng%2C%26nbsp%3Bv2%29", "/benchmark/MTEB(eng%2C%20v2)"),
        ("/?benchmark_name=&task=sts", "/benchmark/MTEB(eng%2C%20v1)?types=STS"),
        ("/benchmarks?q=code", "/boards?q=code"),
        ("/benchmark/mteb(eng,%20v2)?types=STS", "/benchmark/MTEB(eng%2C%20v2)?types=STS"),
        (
            "/zh/benchmark/MTEB(eng,%20v2)?tab=perf_language&maxSize=500&types=STS,Retrieval",
            "/zh/benchmark/MTEB(eng%2C%20v2)?types=STS~Retrieval&max=0.5",
        ),
        (
            "/benchmark/MTEB(eng,%20v2)?tab=perf_size&mtypes=dense,late-interaction&avail=open",
            "/benchmark/MTEB(eng%2C%20v2)/size?kind=dense~late-interaction&weights=open",
        ),
        (
            "/benchmark/MTEB(eng,%20v2)?tab=perf_time&zs=only_zero_shot&inst=only_instruction",
            "/benchmark/MTEB(eng%2C%20v2)/time?instructions=yes&zero=only",
        ),
        (
            "/benchmark/MTEB(eng,%20v2)?tab=task_info&langs=English,deu-Latn&doms=Legal",
            "/benchmark/MTEB(eng%2C%20v2)/list?languages=English~deu-Latn&domains=Legal",
        ),
        ("/benchmark/MTEB(eng,%20v2)?mods=text", "/benchmark/MTEB(eng%2C%20v2)"),
        (
            "/benchmark/MTEB(eng,%20v2)?pin=org/a,org/b",
            "/benchmark/MTEB(eng%2C%20v2)?pin=org%2Fa~org%2Fb",
        ),
        (
            "/compare?model=org/A,org/b&benchmark=mteb(eng,%20v2)",
            "/compare?models=org/a,org/b&board=MTEB%28eng%2C%20v2%29",
        ),
        ("/zh/compare?model=org/a&model=org%252Fb", "/zh/compare?models=org/a,org/b"),
        (
            "/models?mtypes=dense,sparse&avail=proprietary&minSize=500&langs=English",
            "/models?kind=dense~sparse&language=English&weights=closed&min=0.5",
        ),
        (
            "/tasks?types=STS&langs=English&doms=Legal,News&mods=text&q=x",
            "/tasks?q=x&type=STS&language=English&domain=Legal~News&modality=text",
        ),
        (
            "/benchmark/MTEB(eng,%20v2)?s.summary=%0d%0aSet-Cookie:%20a",
            "/benchmark/MTEB(eng%2C%20v2)",
        ),
    ],
)
def test_links_however_they_are_written(old_browser: Browser, address: str, target: str) -> None:
    assert led(get(old_browser, address)) == target


def test_a_tab_that_a_board_does_not_have_leads_to_the_board(old_browser: Browser) -> None:
    for path in ("/benchmark/MTEB(eng, v2)/languages", "/zh/benchmark/mteb(ENG, v2)/Languages"):
        page = old_browser.page(path)
        assert page.status == 302
        assert dict(page.headers)[b"location"].endswith(b"/benchmark/MTEB(eng%2C%20v2)")


@pytest.mark.parametrize("tab", ["foo", "sizes", "languages/x", "about/about"])
def test_an_unknown_tab_is_not_found_and_near_ones_are_offered(
    old_browser: Browser, tab: str
) -> None:
    page = old_browser.page(f"/benchmark/MTEB(eng, v2)/{tab}")
    assert page.status == 404
    html = page.answer.identity.decode()
    assert tab == "languages/x" or 'href="/benchmark/MTEB(eng%2C%20v2)"' in html
    if tab == "sizes":
        assert 'href="/benchmark/MTEB(eng%2C%20v2)/size"' in html


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=20))
def test_no_path_redirects_to_itself(old_browser: Browser, tail: str) -> None:
    for head in ("/benchmark/MTEB(eng, v2)", "/models/org/a", "/tasks/BUCC"):
        path = f"{head}/{tail}"
        page = old_browser.page(path)
        if page.status in (301, 302):
            assert unquote(dict(page.headers)[b"location"].decode()) != path


def test_an_empty_benchmark_is_no_link(old_browser: Browser) -> None:
    assert get(old_browser, "/?benchmark_name=").status == 200


def test_unknown_values_explain_themselves(old_browser: Browser) -> None:
    for query, said in (
        ("task=Chinese", "no task called"),
        ("task=sts&language=klingon", "no table in"),
        ("benchmark_name=MTEB(engl)", "no board called"),
    ):
        answer = get(old_browser, f"/?{query}")
        assert answer.status == 404
        html = answer.answer.identity.decode()
        assert said in html
        assert "Did you mean" in html
    hostile = get(old_browser, "/?task=<script>alert(1)</script>").answer.identity.decode()
    assert "<script>alert" not in hostile


def test_a_program_is_told_as_well(old_browser: Browser) -> None:
    page = old_browser.page("/", "benchmark_name=MTEB(engl,%20v2)", html=False)
    assert page.status == 404
    told = json.loads(page.answer.identity)
    assert "no board called" in told["detail"]
    assert "/?benchmark_name=MTEB(eng%2C%20v2)" in told["near"]
    for address in told["near"]:
        assert led(get(old_browser, address))


def test_our_own_front_page_is_left_alone(old_browser: Browser) -> None:
    assert get(old_browser, "/").status == 200
    assert get(old_browser, "/?utm_source=x").status == 200
