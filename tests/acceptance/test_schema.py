"""schemathesis asks whatever the description of the API allows: no server error ever."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from frontrunner.http.app import Application
from frontrunner.http.openapi import document
from frontrunner.snapshot.reader import Snapshot
from tests.factories import small_snapshot

_served: list[Application] = []


async def application(scope, receive, send):  # type: ignore[no-untyped-def]
    """Stands for the application until the snapshot is there."""
    await _served[0](scope, receive, send)


schema = schemathesis.openapi.from_dict(document())
schema.app = application


@pytest.fixture(scope="module", autouse=True)
def small(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """A small snapshot being served."""
    folder: Path = tmp_path_factory.mktemp("board")
    snapshot = small_snapshot(folder)
    _served[:] = [Application(snapshot)]
    return snapshot


CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


@schema.exclude(path="/v1/icon/{name}").parametrize()
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
def test_the_api_keeps_its_description(case: schemathesis.Case[Any]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        case.call_and_validate(checks=CHECKS)
