"""The description of the API: OpenAPI for programs, one page of HTML for people.

Both are made from the table of routes and the structs of the answers, so they cannot fall
behind them.
"""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from html import escape
from typing import Any

import msgspec

from frontrunner import __version__
from frontrunner.answers import rank_schemas, schemas, source_schemas
from frontrunner.http.routes import ROUTES, Param, Route

_REF = "#/components/schemas/{name}"
_KINDS: dict[str, dict[str, Any]] = {
    "list": {"type": "array", "items": {"type": "string"}},
    "text": {"type": "string"},
    "flag": {"type": "boolean"},
    "number": {"type": "number"},
}
_OF_ONE = frozenset({"snapshot", "benchmark", "model", "task"})
"""Parameters that name one thing, of which there may be none."""


def _schema_types() -> list[type]:
    """The structs of answers, without generic ones: those only describe others."""
    return [
        value
        for value in {**vars(schemas), **vars(rank_schemas), **vars(source_schemas)}.values()
        if isinstance(value, type)
        and issubclass(value, schemas.Wire)
        and value is not schemas.Wire
        and not getattr(value, "__parameters__", ())
    ]


def _answer_schema(answer: str) -> dict[str, Any]:
    if answer.startswith("["):
        return {"type": "array", "items": _answer_schema(answer.strip("[]"))}
    if answer == "object":
        return {"type": "object", "additionalProperties": True}
    return {"$ref": _REF.format(name=answer)} if answer else {"type": "string"}


def _parameter(param: Param) -> dict[str, Any]:
    return {
        "name": param.name,
        "in": "query",
        "required": param.required,
        "description": param.about,
        "schema": _KINDS[param.kind],
    }


def _name_parameter() -> dict[str, Any]:
    return {
        "name": "name",
        "in": "path",
        "required": True,
        "description": "The name; slashes may be sent as they are or as %2F",
        "schema": {"type": "string", "minLength": 1},
    }


def _problem(description: str) -> dict[str, Any]:
    content = {"application/json": {"schema": {"$ref": _REF.format(name="Problem")}}}
    return {"description": description, "content": content}


def _operation(route: Route) -> dict[str, Any]:
    named = "{name}" in route.path
    form = {route.media_type.split(";")[0]: {"schema": _answer_schema(route.answer)}}
    answers: dict[str, Any] = {
        "200": {"description": route.summary, "content": form},
        "304": {"description": "Not modified"},
    }
    if named or any(one.name in _OF_ONE for one in route.params):
        answers["404"] = _problem("No such name")
    if route.params:
        answers["422"] = _problem("Invalid parameter")
    return {
        "summary": route.summary,
        "operationId": route.path.strip("/")
        .replace("/", "_")
        .replace("{name}", "by_name")
        .replace(".", "_")
        .replace("-", "_"),
        "tags": [route.path.split("/")[2]],
        "parameters": [*([_name_parameter()] if named else []), *map(_parameter, route.params)],
        "responses": answers,
    }


def _plain_operation(summary: str, media_type: str, schema: dict[str, Any]) -> dict[str, Any]:
    content = {media_type: {"schema": schema}}
    return {
        "get": {
            "summary": summary,
            "tags": ["server"],
            "responses": {"200": {"description": summary, "content": content}},
        }
    }


def document() -> dict[str, Any]:
    """The OpenAPI 3.1 document."""
    _, components = msgspec.json.schema_components(_schema_types(), ref_template=_REF)
    either = [{"$ref": _REF.format(name=name)} for name in ("Benchmark", "MenuEntry")]
    components["MenuEntry"]["properties"]["children"]["items"] = {"anyOf": either}
    text = {"type": "string"}
    paths: dict[str, Any] = {route.path: {"get": _operation(route)} for route in ROUTES}
    paths["/health"] = _plain_operation(
        "Liveness check", "application/json", {"$ref": _REF.format(name="Health")}
    )
    paths["/robots.txt"] = _plain_operation("Crawlers are welcome", "text/plain", text)
    paths["/metrics"] = _plain_operation("Counters for Prometheus", "text/plain", text)
    paths["/v1/icon/{name}"] = {
        "get": {
            "summary": "A benchmark's icon",
            "tags": ["benchmarks"],
            "parameters": [_name_parameter()],
            "responses": {
                "200": {"description": "The icon", "content": {"image/*": {}}},
                "404": _problem("There is none"),
            },
        }
    }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Frontrunner API",
            "version": __version__,
            "description": "Ranked boards of embedding models. `/v1` is compatible with mteb's "
            "leaderboard service.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": paths,
        "components": {"schemas": components},
    }


def document_json() -> bytes:
    """The OpenAPI document as JSON."""
    return msgspec.json.encode(document())


# --- for people -----------------------------------------------------------------------------------

_STYLE = """
:root{color-scheme:light dark}
body{font:16px/1.55 system-ui,sans-serif;max-width:60rem;margin:0 auto;padding:1.5rem}
code{font:0.9em ui-monospace,monospace}
section{border-top:1px solid color-mix(in srgb,currentColor 20%,transparent);padding:.75rem 0}
h2{font-size:1.05rem;margin:.25rem 0}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;vertical-align:top;padding:.2rem .75rem .2rem 0}
"""


_STYLE_DIGEST = b64encode(sha256(_STYLE.encode()).digest()).decode()
CONTENT_POLICY = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_DIGEST}'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors *"
).encode()
"""Of the page for people: it may use its own style, and nothing else. A board may be in a frame."""


def _section(route: Route) -> str:
    rows = "".join(
        f"<tr><th scope=row><code>{escape(p.name)}</code></th><td>{p.kind}"
        f"{', required' if p.required else ''}</td><td>{escape(p.about)}</td></tr>"
        for p in route.params
    )
    table = f"<table>{rows}</table>" if rows else ""
    answer = escape(route.answer or route.media_type)
    return (
        f"<section><h2><code>GET {escape(route.path)}</code></h2>"
        f"<p>{escape(route.summary)}. Answers <code>{answer}</code>.</p>{table}</section>"
    )


def document_html() -> bytes:
    """The routes on one page, without scripts."""
    sections = "".join(_section(route) for route in ROUTES)
    page = (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>Frontrunner API</title><style>{_STYLE}</style>"
        "<h1>Frontrunner API</h1><p>Scores are 0 to 1; parameters are in billions. Lists may be "
        "repeated or separated by commas. For programs: "
        '<a href="/openapi.json">openapi.json</a>.</p>'
        f"{sections}</html>"
    )
    return page.encode("utf-8")
