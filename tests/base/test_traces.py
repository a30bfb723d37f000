"""Spans of requests and steps, into the SDK's exporter in memory; nothing where they are off."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator

import pytest
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from frontrunner.base import traces
from frontrunner.base.errors import MissingExtraError
from frontrunner.base.logging_settings import LoggingSettings
from frontrunner.base.traces import begin_traces, end_traces, span, trace_to
from frontrunner.cli.progress import Terminal
from frontrunner.http.chain import traced
from frontrunner.http.request import Request, Response

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    trace_to(SimpleSpanProcessor(exporter))
    yield exporter
    end_traces()


def request(*headers: tuple[bytes, bytes]) -> Request:
    return Request({"method": "GET", "path": "/v1/x", "query_string": b"", "headers": headers})


def answered(status: int, *headers: tuple[bytes, bytes]) -> None:
    async def handler(_: Request) -> Response:
        return Response(status, [], b"", "/v1/{name}")

    asyncio.run(traced(handler)(request(*headers)))  # type: ignore[arg-type]


def test_a_request_is_a_span_below_that_of_the_client(
    spans: InMemorySpanExporter,
) -> None:
    answered(200, (b"traceparent", PARENT.encode()))
    answered(503)
    first, second = spans.get_finished_spans()
    assert first.name == "GET /v1/{name}"
    assert f"{first.context.trace_id:032x}" == PARENT.split("-")[1]
    assert first.attributes == {
        "http.request.method": "GET", "url.path": "/v1/x", "http.route": "/v1/{name}",
        "http.response.status_code": 200,
    }  # fmt: skip
    assert (first.status.is_ok, second.status.is_ok, second.parent) == (True, False, None)


def test_the_steps_of_an_update_are_spans_in_it(spans: InMemorySpanExporter) -> None:
    with span("update") as say:
        with Terminal().step("Reading result files"):
            pass
        say(outcome="published")
    step, update = spans.get_finished_spans()
    assert (step.name, update.name) == ("Reading result files", "update")
    assert step.parent is not None
    assert update.context is not None
    assert step.parent.span_id == update.context.span_id
    assert update.attributes == {"outcome": "published"}


@pytest.mark.parametrize(
    ("variables", "name"),
    [
        ({}, "frontrunner"),
        ({"OTEL_SERVICE_NAME": "board"}, "board"),
        ({"OTEL_RESOURCE_ATTRIBUTES": "service.name=board,host.name=a"}, "board"),
        ({"OTEL_RESOURCE_ATTRIBUTES": "host.name=a"}, "frontrunner"),
    ],
)
def test_the_service_has_a_name_that_the_variables_of_opentelemetry_replace(
    variables: dict[str, str], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("OTEL_SERVICE_NAME", "OTEL_RESOURCE_ATTRIBUTES"):
        monkeypatch.delenv(variable, raising=False)
    for variable, value in variables.items():
        monkeypatch.setenv(variable, value)
    kept = InMemorySpanExporter()
    traces.trace_to(SimpleSpanProcessor(kept))
    try:
        with span("update"):
            pass
    finally:
        traces.end_traces()
    [update] = kept.get_finished_spans()
    assert update.resource.attributes["service.name"] == name


def test_without_the_setting_nothing_is_traced() -> None:
    begin_traces(LoggingSettings())
    assert not traces.are_on()
    with span("update") as say:
        say(outcome="published")


def test_without_the_extra_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.http.trace_exporter", None)
    with pytest.raises(MissingExtraError, match=r"pip install .\.\[otel\]"):
        begin_traces(LoggingSettings(traces=True))
    assert not traces.are_on()
