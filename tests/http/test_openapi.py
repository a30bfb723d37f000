"""The description of the API is made from the routes and the structs, and covers all of them."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from typing import Any

import msgspec
import pytest

from frontrunner.http.openapi import CONTENT_POLICY, document, document_html, document_json
from frontrunner.http.routes import ROUTES

DESCRIBED = document()


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.path)
def test_every_route_and_parameter_is_described(route: Any) -> None:
    operation = DESCRIBED["paths"][route.path]["get"]
    names = [one["name"] for one in operation["parameters"]]
    assert names == [*(["name"] if "{name}" in route.path else []), *(p.name for p in route.params)]
    assert ("422" in operation["responses"]) is bool(route.params)
    if "{name}" in route.path:
        assert "404" in operation["responses"]


def references(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["$ref"]] if "$ref" in value else []
        return own + [one for inner in value.values() for one in references(inner)]
    return [one for inner in value for one in references(inner)] if isinstance(value, list) else []


def test_every_reference_leads_to_a_schema() -> None:
    found = references(DESCRIBED)
    assert found
    for reference in found:
        assert reference.removeprefix("#/components/schemas/") in DESCRIBED["components"]["schemas"]


def test_operations_have_names_of_their_own() -> None:
    names = [DESCRIBED["paths"][route.path]["get"]["operationId"] for route in ROUTES]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"\w+", name) for name in names)


def test_the_json_is_the_document() -> None:
    assert msgspec.json.decode(document_json()) == msgspec.to_builtins(DESCRIBED)


def test_the_page_lists_every_route_and_runs_nothing() -> None:
    page = document_html().decode()
    for route in ROUTES:
        assert f"GET {route.path}" in page
    assert "<script" not in page
    style = page.split("<style>")[1].split("</style>")[0]
    digest = b64encode(sha256(style.encode()).digest())
    assert b"'sha256-" + digest + b"'" in CONTENT_POLICY
