"""The routes of a board: from its OpenAPI description, and which of them a path belongs to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from frontrunner.checks.contract.record import Route

_MOST_NAMES = 4
_NEVER = re.compile(r"(?!)")


def routes_of(description: Any) -> list[Route]:
    """The GET routes of an OpenAPI description, by template; none if it is not one."""
    paths = description.get("paths") if isinstance(description, dict) else None
    found = []
    for template, methods in sorted(paths.items()) if isinstance(paths, dict) else ():
        given = methods.get("get") if isinstance(methods, dict) else None
        if isinstance(given, dict):
            told = _parameters(description, methods) | _parameters(description, given)
            required = tuple(name for name, one in told.items() if one.get("required"))
            found.append(Route(template, tuple(told), required))
    return found


def _parameters(description: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters by name, including those that are defined in a common place."""
    listed = given.get("parameters")
    found = {}
    for one in listed if isinstance(listed, list) else ():
        told = _resolved(description, one)
        if isinstance(told, dict) and "name" in told:
            found[str(told["name"])] = told
    return found


def _resolved(description: Any, value: Any) -> Any:
    """The target of a reference such as `#/components/parameters/x`; else the value itself."""
    reference = value.get("$ref") if isinstance(value, dict) else None
    if not isinstance(reference, str):
        return value
    found = description
    for step in reference.removeprefix("#/").split("/"):
        found = found.get(step) if isinstance(found, dict) else None
    return found


def template_of(path: str, routes: Iterable[Route]) -> str:
    """The template of a path, the most literal first; the path itself if no template fits."""
    bare = path.partition("?")[0]
    for route in sorted(routes, key=lambda one: (one.template.count("{"), -len(one.template))):
        if pattern(route.template).fullmatch(bare):
            return route.template
    return bare


def pattern(template: str) -> re.Pattern[str]:
    """The expression that the paths of a template match; names may contain slashes.

    A template with more than four names matches nothing: matching could take exponential time.
    """
    literal = [re.escape(part) for part in re.split(r"\{[^}]*\}", template)]
    return re.compile("[^?]+".join(literal)) if len(literal) <= _MOST_NAMES + 1 else _NEVER
