"""Spans of OpenTelemetry, if the settings ask for them: requests, and the steps of an update.

Off by default; then nothing of OpenTelemetry is imported. Where spans are sent is read from its own
variables, such as `OTEL_EXPORTER_OTLP_ENDPOINT`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from frontrunner.base.errors import MissingExtraError
from frontrunner.base.logging_settings import LoggingSettings

if TYPE_CHECKING:
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import SpanProcessor

Attributes = Callable[..., None]
"""Says more of a span, by name."""
_CARRIED = (b"traceparent", b"tracestate")
_INSTALL = "Traces need OpenTelemetry. In a checkout of Frontrunner, run: pip install '.[otel]'"
_state: dict[str, Any] = {}


def are_on() -> bool:
    """Whether spans are made."""
    return bool(_state)


def begin_traces(settings: LoggingSettings) -> None:
    """Send spans from now on, if the settings say so.

    Raises MissingExtraError without the extra.
    """
    if not settings.traces or are_on():
        return
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415
            OTLPSpanExporter,
        )
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
    except ImportError as error:
        raise MissingExtraError(_INSTALL) from error
    trace_to(BatchSpanProcessor(OTLPSpanExporter()))


def trace_to(processor: SpanProcessor) -> None:
    """Hand every span to a processor from now on."""
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415 -- an extra

    provider = TracerProvider(resource=_resource())
    provider.add_span_processor(processor)
    _state.update(provider=provider, tracer=provider.get_tracer("frontrunner"))


def _resource() -> Resource:
    """What OpenTelemetry's variables say of this process; its service has a name in any case."""
    from opentelemetry.sdk.resources import SERVICE_NAME, Resource  # noqa: PLC0415 -- an extra

    described = Resource.create()
    # Without a name in the variables, OpenTelemetry makes one of the interpreter's.
    if str(described.attributes.get(SERVICE_NAME, "")).startswith("unknown_service"):
        return described.merge(Resource({SERVICE_NAME: "frontrunner"}))
    return described


def end_traces() -> None:
    """Send what was not sent, and make no more spans."""
    if _state:
        _state["provider"].shutdown()
        _state.clear()


@contextmanager
def span(name: str) -> Iterator[Attributes]:
    """A span for as long as the block runs; nothing if traces are off."""
    if not _state:
        yield _say_nothing
        return
    with _state["tracer"].start_as_current_span(name) as made:
        yield lambda **named: made.set_attributes(named)


def _say_nothing(**_: object) -> None:
    """Traces are off."""


@contextmanager
def of_request(
    method: str, path: str, headers: Iterable[tuple[bytes, bytes]]
) -> Iterator[Callable[[int, str], None]]:
    """The span of a request; the value takes its status and what it is counted as."""
    from opentelemetry.propagate import extract  # noqa: PLC0415
    from opentelemetry.trace import SpanKind, StatusCode  # noqa: PLC0415

    carried = {
        name.decode("latin-1"): value.decode("latin-1")
        for name, value in headers
        if name in _CARRIED
    }
    start = _state["tracer"].start_as_current_span
    with start(method, context=extract(carried), kind=SpanKind.SERVER) as made:
        made.set_attributes({"http.request.method": method, "url.path": path})

        def say(status: int, route: str) -> None:
            made.update_name(f"{method} {route}")
            made.set_attributes({"http.response.status_code": status, "http.route": route})
            if status >= 500:
                made.set_status(StatusCode.ERROR)

        yield say
