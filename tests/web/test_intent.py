"""What readers need, in words and in a form, and where it leads."""

from __future__ import annotations

from pathlib import Path

import pytest

from frontrunner.answers.service import Service
from frontrunner.catalog import Benchmark
from frontrunner.results.ingest import ingest
from frontrunner.web.intent import Need, understand
from tests.factories import catalog, result, scope, snapshot_of, task, write, write_scores
from tests.web.conftest import NAME, Browser

LANGUAGES = {
    "german": "German",
    "deutsch": "German",
    "\u5fb7\u8bed": "German",
    "swiss german": "Swiss German",
    "english": "English",
}
KINDS = {
    "retrieval": "Retrieval",
    "search": "Retrieval",
    "\u68c0\u7d22": "Retrieval",
    "classification": "Classification",
    "pair classification": "PairClassification",
}
CHINESE = (
    "\u5fb7\u8bed\u68c0\u7d22\uff0c500M \u4ee5\u4e0b\uff0c\u5f00\u6e90\uff0c\u53ef\u5546\u7528"
)
NEED = Need("German", "Retrieval", "500M", "yes", "open")


@pytest.mark.parametrize(
    ("text", "need"),
    [
        ("best open model under 500M for German retrieval with commercial use", NEED),
        ("Deutsch search, 500 m, kommerziell, open weights", NEED),
        (CHINESE, NEED),
        ("germn retreival", Need("German", "Retrieval")),
        ("Swiss German pair classification", Need("Swiss German", "PairClassification")),
        ("1.5B", Need(max="1.5B")),
        ("", Need()),
        ("the best", Need()),
        ("gemma 2x", Need()),
    ],
)
def test_words_are_understood(text: str, need: Need) -> None:
    assert understand(text, LANGUAGES, KINDS) == need


def leads_to(browser: Browser, query: str, path: str = "/find") -> str:
    page = browser.page(path, query)
    assert page.status == 302
    return dict(page.headers)[b"location"].decode()


BOARD = "/benchmark/Mix%20(eng%2C%20v1)"


@pytest.mark.parametrize(
    ("query", "target"),
    [
        ("", BOARD),
        ("language=German&kind=Retrieval&max=500M&use=yes&weights=open",
         f"{BOARD}?languages=German&types=Retrieval&max=500M&use=yes&weights=open"),
        ("say=deutsch+search+500M", f"{BOARD}?languages=German&types=Retrieval&max=500M"),
        ("say=deutsch&language=English", f"{BOARD}?languages=English"),
        ("max=huge", BOARD),
        ("may=both&kind=Retrieval&max=500M&language=deutsch",
         f"{BOARD}?languages=German&types=Retrieval&max=500M&use=yes&weights=open"),
        ("may=open", f"{BOARD}?weights=open"),
        ("may=commercial", f"{BOARD}?use=yes"),
        ("may=any", BOARD),
        ("say=small+vs+large+on+search",
         "/compare?models=org/small,org/large&type=Retrieval"),
        ("say=large+against+small", "/compare?models=org/large,org/small"),
        ("kind=BitextMining", "/search?q=Bitext%20Mining"),
    ],
)  # fmt: skip
def test_a_form_leads_to_the_board(browser: Browser, query: str, target: str) -> None:
    assert leads_to(browser, query) == target
    assert leads_to(browser, query, "/zh/find") == f"/zh{target}"


def test_a_language_that_nobody_speaks_is_told(browser: Browser) -> None:
    target, _, query = leads_to(browser, "language=Germn").partition("?")
    page = browser.page("/benchmark/" + NAME, query)
    assert target == BOARD
    assert page.status == 422
    assert "?languages=German" in page.answer.identity.decode()


def test_the_front_page_has_the_form(browser: Browser) -> None:
    page = browser.text("/")
    assert page.count('<form action="/find">') == 2
    assert '<option value="Retrieval" selected>' in page
    assert '<option value="PairClassification">' in page
    assert '<option value="German">' in page


def test_a_board_of_the_language_itself_comes_first(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    root = tmp_path_factory.mktemp("intent")
    both = {"en": ("eng-Latn",), "de": ("deu-Latn",), "x": ("fra-Latn",)}
    tasks = [task(f"W{n}", type="Retrieval", subsets=both) for n in range(6)]
    tasks += [task(f"D{n}", type="Retrieval", subsets={"de": ("deu-Latn",)}) for n in range(3)]
    boards = [
        Benchmark(name=name, display_name=name, scopes=tuple(scope(one) for one in some))
        for name, some in (("World", tasks[:6]), ("Own", tasks[6:]))
    ]
    models = [f"org/m{n}" for n in range(31)]
    known = catalog(tasks, models=models, benchmarks=boards)
    for model in models:
        for one in tasks:
            scores = {"test": dict.fromkeys(one.subsets, 0.5)}
            path = f"{model.replace('/', '__')}/r1/{one.name}.json"
            write(root / "results", path, result(one.name, scores))
    service = Service(snapshot_of(root / "home", ingest(root / "results", known, workers=1)))
    browser = Browser(service)
    assert leads_to(browser, "language=German") == "/benchmark/Own"
    wider = leads_to(browser, "language=English&kind=Retrieval")
    assert wider == "/benchmark/World?languages=English"


def test_words_for_something_else_name_no_models(tmp_path: Path) -> None:
    models = ["org/text-one", "org/image-one"]
    scores = {model: {"T1": 0.5, "T2": 0.5} for model in models}
    known = catalog(models=models)
    found = ingest(write_scores(tmp_path / "results", scores), known, workers=1)
    browser = Browser(Service(snapshot_of(tmp_path / "home", found)))
    assert leads_to(browser, "say=text+vs+image").startswith("/benchmark/")
    compared = "/compare?models=org/text-one,org/image-one"
    assert leads_to(browser, "say=text+one+vs+image-one") == compared
