"""A team's own catalog.toml."""

from __future__ import annotations

from importlib.resources import as_file, files
from pathlib import Path

import pytest

from frontrunner.base.errors import CatalogError
from frontrunner.catalog.own import add_own, own_alone
from tests.factories import catalog

GOOD = """
[languages]
tlh = "Klingon"

[[task]]
name = "Mine"
type = "BitextMining"
main_score = "f1"
date = [2024-01-01, "2024-06-01"]
public = false

[task.subsets]
a = ["eng-Latn"]
b = ["deu-Latn", "eng-Latn"]

[[task]]
name = "Other"
type = "STS"
main_score = "spearman"
languages = ["tlh-Latn"]

[[benchmark]]
name = "Board"
aliases = ["B"]
tasks = ["Other", { name = "Mine", subsets = ["a"] }]
languages_view = "all"

[[model]]
name = "org/mine"
license = "MIT"
open_weights = true
training_datasets = ["Other"]
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "catalog.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_whole_file(tmp_path: Path) -> None:
    own = own_alone(write(tmp_path, GOOD))
    mine = own.task_by_name["Mine"]
    assert (mine.date_from, mine.date_to, mine.public) == ("2024-01-01", "2024-06-01", False)
    assert mine.simplified_type == "bitext-mining"
    other, narrowed = own.benchmarks[0].scopes
    assert (other.whole, narrowed.whole, narrowed.subsets) == (True, False, ("a",))
    assert own.benchmark_by_alias["B"].on_menu
    assert own.menu[0].children == ("Board",)
    model = own.model_by_name["org/mine"]
    assert model.openness["open license"]
    assert "paper" not in model.openness  # not known is not "no"
    assert model.seen_tasks == ("Other",)
    assert own.languages.label("tlh-Latn") == "Klingon (Latin)"
    assert own.languages.label("eng-Latn") == "English"


def test_it_is_added_to_another_catalog(tmp_path: Path) -> None:
    base = catalog()
    both = add_own(base, write(tmp_path, GOOD))
    assert both.source == "by hand + catalog.toml"
    assert [task.name for task in both.tasks] == ["T1", "T2", "Mine", "Other"]
    assert both.benchmarks[0] == base.benchmarks[0]


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ('main_score = "f1"', "main_score = 1", 8, "key task[0].main_score: Expected `str`"),
        ('main_score = "f1"', 'main_scor = "f1"', 8, "unknown field `main_scor`"),
        ('main_score = "f1"\n', "", 5, "missing required field `main_score`"),
        ('"Other", {', '"Nope", {', 25, "there is no task 'Nope'"),
        ('subsets = ["a"]', 'subsets = ["c"]', 25, "Mine has no subset 'c'"),
        ('name = "Other"', 'name = "Mine"', 6, "'Mine' is in this file already"),
        ('languages = ["tlh-Latn"]\n', "", 16, "either `languages` or a table of `subsets`"),
        ('license = "MIT"', 'licence = "MIT"', 30, "unknown field `licence`"),
        ('license = "MIT"', "parameters = -1", 30, "key model[0].parameters: Expected `int` >= 0"),
        ('license = "MIT"', f"parameters = {2**70}", 30, "model[0].parameters"),
        ('license = "MIT"', "max_tokens = inf", 30, "max_tokens"),
        ('license = "MIT"', "max_tokens = nan", 30, "max_tokens"),
        ('license = "MIT"', 'release_date = "soon"', 30, "release_date: Expected a date such as"),
        ('license = "MIT"', 'url = "javascript:alert(1)"', 30, "url"),
        ('name = "org/mine"', 'name = ""', 29, "model[0].name"),
        ('name = "org/mine"', 'name = "a\\nb"', 29, "model[0].name"),
        ('name = "org/mine"', 'name = "org__mine"', 29, "two underscores"),
        ('name = "Board"', 'name = "menu"', 23, "is reserved for a route of the API"),
        ('name = "Board"', 'name = "a/scores"', 23, "is reserved for a route of the API"),
        ('"Other", {', '"Mine", {', 25, "'Mine' is a task of it already"),
        ('["Other", { name = "Mine", subsets = ["a"] }]', "[]", 25, "tasks"),
        ('aliases = ["B"]', 'aliases = ["Board"]', 24, "another benchmark"),
        ('aliases = ["B"]', 'aliases = ["B", "B"]', 24, "another benchmark"),
        ('aliases = ["B"]', 'superseded_by = ["C"]', 24, "there is no benchmark 'C'"),
        ('aliases = ["B"]', 'aggregations = ["custom_groups"]', 24, "groups cannot be defined"),
        ('"all"', '"english"', 26, "languages_view"),
        ('["tlh-Latn"]', '["Klingon"]', 20, "Expected a language code"),
        ('a = ["eng-Latn"]', "a = []", 12, "subsets"),
        ('type = "STS"', 'type = "STS"\nsplits = []', 19, "splits"),
    ],
)
def test_mistakes_name_file_line_and_key(
    tmp_path: Path, old: str, new: str, line: int, says: str
) -> None:
    assert old in GOOD
    with pytest.raises(CatalogError) as caught:
        own_alone(write(tmp_path, GOOD.replace(old, new, 1)))
    assert f"catalog.toml, line {line}, key" in str(caught.value)
    assert says in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "[[task]",
        "\x00",
        f"x = {'[' * 9999}",
        f"x = {'9' * 9999}",
        'task = "x"',
        "[model]\nname = 1",
    ],
)
def test_what_is_no_catalog_is_told(tmp_path: Path, text: str) -> None:
    with pytest.raises(CatalogError, match=r"catalog\.toml"):
        own_alone(write(tmp_path, text))


def test_a_name_that_stands_already_is_refused(tmp_path: Path) -> None:
    text = '[[model]]\nname = "org/a"\n'
    with pytest.raises(CatalogError, match="'org/a' is in the catalog already"):
        add_own(catalog(), write(tmp_path, text))


def test_an_alias_of_another_catalogs_benchmark_is_refused(tmp_path: Path) -> None:
    text = GOOD.replace('aliases = ["B"]', 'aliases = ["All"]')
    with pytest.raises(CatalogError, match="'All' is the name or an alias of another benchmark"):
        add_own(catalog(), write(tmp_path, text))


def test_a_mark_of_the_byte_order_is_no_mistake(tmp_path: Path) -> None:
    assert own_alone(write(tmp_path, "\ufeff" + GOOD)).benchmarks


def test_the_starter_boards_own_catalog_is_one() -> None:
    with as_file(files("frontrunner.starter").joinpath("catalog.toml")) as path:
        assert len(own_alone(path).models) == 8


RENAMED = '[[renamed]]\nname = "was/a"\nmodel = "org/a"\nreason = "bought"\n'


def test_a_former_name_is_that_of_a_model_and_of_none_today(tmp_path: Path) -> None:
    both = add_own(catalog(), write(tmp_path, RENAMED))
    assert both.model_by_former_name == {"was/a": "org/a"}
    assert [one.reason for one in both.renamed] == ["bought"]
    with pytest.raises(CatalogError, match=r"line 3.*there is no model"):
        add_own(catalog(), write(tmp_path, RENAMED.replace("org/a", "org/z")))
    with pytest.raises(CatalogError, match="'org/b' is in the catalog already"):
        add_own(catalog(), write(tmp_path, RENAMED.replace("was/a", "org/b")))
    with pytest.raises(CatalogError, match="'was/a' is in this file already"):
        add_own(catalog(), write(tmp_path, RENAMED * 2))
    with pytest.raises(CatalogError, match="missing required field `reason`"):
        add_own(catalog(), write(tmp_path, RENAMED.replace('reason = "bought"\n', "")))


@pytest.mark.parametrize(
    "text",
    [
        '[[model]]\nname = "org/x"\nsuperseded_by = "org/x"\n',
        '[[model]]\nname = "org/x"\nsuperseded_by = "org/y"\n'
        '[[model]]\nname = "org/y"\nsuperseded_by = "org/x"\n',
        '[[benchmark]]\nname = "N"\ntasks = ["T1"]\nsuperseded_by = ["N"]\n',
        '[[benchmark]]\nname = "N"\ntasks = ["T1"]\nsuperseded_by = ["All", "O"]\n'
        '[[benchmark]]\nname = "O"\ntasks = ["T1"]\nsuperseded_by = ["N"]\n',
    ],
)
def test_nothing_is_superseded_by_itself(tmp_path: Path, text: str) -> None:
    with pytest.raises(CatalogError, match=r"superseded_by.*is superseded by itself"):
        add_own(catalog(), write(tmp_path, text))


def test_unknown_openness_is_not_no(tmp_path: Path) -> None:
    own = own_alone(write(tmp_path, '[[model]]\nname = "org/x"\n'))
    assert own.model_by_name["org/x"].openness == {}
