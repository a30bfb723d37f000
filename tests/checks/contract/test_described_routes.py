"""Routes of an OpenAPI description, and the templates of paths."""

from __future__ import annotations

from frontrunner.checks.contract.described_routes import pattern, routes_of, template_of
from frontrunner.checks.contract.record import (
    Route,
)


def test_parameters_are_found_wherever_they_are_described() -> None:
    shared = {"name": "n", "required": True}
    told = {
        "components": {"parameters": {"n": shared}},
        "paths": {
            "/a/{n}": {
                "parameters": [{"$ref": "#/components/parameters/n"}, {"$ref": "#/nowhere"}],
                "get": {"parameters": [{"name": "x"}]},
            }
        },
    }
    assert routes_of(told) == [Route("/a/{n}", ("n", "x"), ("n",))]


def test_a_path_is_of_the_most_literal_template() -> None:
    routes = [Route(t, (), ()) for t in ("/v1/{kind}", "/v1/menu", "/v1/{kind}/scores")]
    assert template_of("/v1/menu?x=1", routes) == "/v1/menu"
    assert template_of("/v1/other", routes) == "/v1/{kind}"
    assert template_of("/elsewhere", routes) == "/elsewhere"


def test_a_template_with_many_names_matches_nothing_rather_than_for_ever() -> None:
    assert not pattern("/{a}" * 3 + "{b}" * 20).fullmatch("/" * 500)
    assert pattern("/{a}/b/{c}").fullmatch("/x/y/b/z")
