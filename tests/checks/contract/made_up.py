"""A board of made-up answers, and records to compare it with."""

from __future__ import annotations

import json
from typing import Any

from frontrunner.checks.contract.check import check
from frontrunner.checks.contract.fetch import Response
from frontrunner.checks.contract.finding import Compatibility
from frontrunner.checks.contract.record import Record, Value


class Board:
    """Answers from a table; everything else is 404."""

    def __init__(self, answers: dict[str, Any]) -> None:
        self.answers = answers

    def __call__(self, path: str) -> Response:
        found = self.answers.get(path)
        if found is None:
            return Response(404, "application/json", "", b'{"detail": "Not Found"}')
        if isinstance(found, Response):
            return found
        return Response(200, "application/json", "", json.dumps(found).encode())


def record(**parts: Any) -> Record:
    return Record(source="old", recorded_at="then", **parts)


def value(component: str) -> Value:
    """An input or output of which the component alone is known."""
    return Value(component)


def verdicts(made: Record, answers: dict[str, Any]) -> dict[str, Compatibility]:
    return {one.item: one.verdict for one in check(made, Board(answers))}


def moved(to: str) -> Response:
    return Response(301, "text/plain", to, b"")


def page(text: str = "") -> Response:
    return Response(200, "text/html", "", text.encode())
