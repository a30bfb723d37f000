"""The configuration and the description of the old board's application hang together."""

from __future__ import annotations

from typing import Any

from frontrunner.legacy.boardmap import load_board_map
from frontrunner.legacy.files.tables import Table
from frontrunner.legacy.gradio.document import Texts, config, shown
from frontrunner.legacy.gradio.endpoints import endpoints_of, info
from frontrunner.legacy.gradio.page_layout import layout_of
from frontrunner.legacy.gradio.tabs import set_tabs

LAYOUT = layout_of(load_board_map().values())
ENDPOINTS = endpoints_of(LAYOUT)
TABLE = Table("en", "", ({"index": 7, "Rank": 1, "Model": "a", "T1": 2.5},))
CONFIG = config(LAYOUT, ENDPOINTS, {("en", ""): TABLE}, Texts("title", "footer"), 5)


def numbers(node: dict[str, Any]) -> list[int]:
    return [node["id"], *(one for child in node.get("children", ()) for one in numbers(child))]


def test_every_component_stands_once_in_the_tree() -> None:
    named = [one["id"] for one in CONFIG["components"]]
    assert len(named) == len(set(named))
    assert sorted(numbers(CONFIG["layout"])) == [0, *sorted(named)]


def test_functions_name_components_that_are_there() -> None:
    named = {0, *(one["id"] for one in CONFIG["components"])}
    for function in CONFIG["dependencies"]:
        targets = {target for target, _ in function["targets"] if target is not None}
        assert targets | set(function["inputs"]) | set(function["outputs"]) <= named
    names = [one.name for one in ENDPOINTS]
    assert len(names) == len(set(names)) == 140
    assert names[136:] == ["set_tabs_on_load", "filter_data", "filter_data_1", "filter_data_2"]


def test_each_function_that_answers_is_described() -> None:
    described = info(LAYOUT, ENDPOINTS, {5: "Search"})["named_endpoints"]
    assert list(described) == [f"/{one.name}" for one in ENDPOINTS if one.answers]
    filtering = described["/filter_data"]
    assert len(filtering["parameters"]) == 60
    assert len(filtering["returns"]) == 57
    assert filtering["parameters"][0]["label"] == "Search"
    # Programs get the two choices alone; tabs are for a page.
    assert [one["component"] for one in described["/set_tabs_on_load"]["returns"]] == ["Json"] * 2


def test_a_table_travels_without_its_index_and_an_empty_one_with_an_empty_row() -> None:
    tables = [one["props"] for one in CONFIG["components"] if one["type"] == "dataframe"]
    assert tables[0]["value"]["data"] == tables[1]["value"]["data"] == [[1, "a", 2.5]]
    assert (tables[0]["visible"], tables[1]["visible"]) == (True, False)
    assert tables[2]["value"] == shown(None) == {"headers": [], "data": [[]], "metadata": None}


def test_links_choose_tabs() -> None:
    tasks = [one.task for one in LAYOUT.tasks]
    chosen = set_tabs({"task": "retrieval", "language": "law"}, tasks)
    assert len(chosen) == 14
    assert chosen[0] == {"selected": "retrieval", "__type__": "update"}
    assert [n for n, one in enumerate(chosen[1:12]) if "selected" in one] == [6]
    assert chosen[12:] == [{"task": "retrieval", "language": "law"}, {"retrieval": "law"}]
    assert set_tabs({"task": "Never", "language": "x"}, tasks)[12] == {
        "task": "overall",
        "language": "x",
    }
