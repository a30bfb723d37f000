from __future__ import annotations

import pytest

from frontrunner.base.errors import LegacyError
from frontrunner.legacy.boardmap import load_board_map, parse_board_map
from frontrunner.legacy.files.rules import load_rules, pick_split, split_order, target
from tests.factories import catalog, task

_ROW = (
    '[[table]]\nboard = "en"\ntask = "overall"\nlanguage = "english"\n'
    'benchmark = "MTEB(eng, v1)"\nreason = "{}"\n'
)


def test_all_57_tables_have_a_reviewed_row() -> None:
    rows = load_board_map()
    assert len(rows) == 57
    assert len({(row.task, row.language) for row in rows.values()}) == 57
    assert all(len(row.reason) > 15 for row in rows.values())


_NEITHER = _ROW.format("x").replace("benchmark", "#")


@pytest.mark.parametrize(
    "text", [_ROW.format("x") * 2, _ROW.format(" "), "[[table]]", "= =", _NEITHER]
)
def test_a_map_that_contradicts_itself_is_refused(text: str) -> None:
    with pytest.raises(LegacyError, match="map of boards is wrong"):
        parse_board_map(text.encode())


def test_rules_name_their_reason_and_apply() -> None:
    rules = load_rules()
    assert all(rule.reason for rule in rules.split)
    assert all(rule.reason for rule in rules.subset)
    assert split_order("AFQMC")[0] == "validation"
    known = catalog([task("BrightRetrieval"), task("New")], old_task_names={"Old": "New"})
    assert target("bright_long", "BrightRetrieval", "pony", known).splits[0] == "long"
    assert target("bright", "BrightRetrieval", "pony", known).splits[0] == "standard"
    assert target("en", "Old", None, known).task == "New"
    assert target("fr", "XPQARetrieval", "fr", known).subset == "fra-fra"


def test_the_split_is_the_first_that_is_there() -> None:
    order = split_order("T1")
    assert pick_split(["train", "dev", "validation"], order) == "dev"
    assert pick_split(["b", "a"], order) == "a"
    assert pick_split([], order) is None
