"""What every request passes: hosts, limits, sharing and counting, for whatever answers it."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest

from frontrunner.http.app import Application
from frontrunner.http.request import Response
from frontrunner.snapshot.reader import Snapshot
from frontrunner.web.site import Site
from tests.http.conftest import call

PATHS = ["/v1/benchmarks/All/scores", "/", "/nope", "/health", "/metrics", "/docs", "/robots.txt"]


def raw(application: Application, version: str, *headers: tuple[bytes, bytes]) -> int:
    """The status of a request that a library would not send."""
    sent: list[Any] = []
    scope = {
        "type": "http", "method": "GET", "path": "/health", "query_string": b"",
        "http_version": version, "headers": list(headers),
    }  # fmt: skip

    async def receive() -> dict[str, Any]:
        return {"type": "http.request"}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(application(scope, receive, send))
    return int(sent[0]["status"])


def test_exactly_one_host(application: Application) -> None:
    host = (b"host", b"a")
    assert raw(application, "1.1", host) == 200
    assert raw(application, "1.1", host, (b"host", b"b")) == 400
    assert raw(application, "1.1", host, host) == 400
    assert raw(application, "1.0", host, host) == 400
    assert raw(application, "1.1") == 400
    assert raw(application, "1.0") == 200


def test_a_gate_answers_first_and_in_the_same_shape(application: Application) -> None:
    application.gate = lambda request: Response(503, [], b"closed", "/x")
    answer = call(application, "GET", "/health")
    assert (answer.status_code, answer.text) == (503, "closed")
    assert answer.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("path", PATHS)
def test_one_policy_of_headers_for_every_path(snapshot: Snapshot, path: str) -> None:
    for origins, origin, allowed in (
        (("*",), "https://a.example", "*"),
        (("https://a.example", "https://b.example"), "https://a.example", "https://a.example"),
        (("https://b.example",), "https://a.example", None),
        ((), "https://a.example", None),
    ):
        application = Application(snapshot, origins=origins, pages=Site())
        for method in ("GET", "HEAD", "OPTIONS", "DELETE"):
            answer = call(application, method, path, headers={"origin": origin})
            assert answer.headers.get("access-control-allow-origin") == allowed
            assert answer.headers["x-content-type-options"] == "nosniff"
            varies = "origin" in answer.headers.get("vary", "").split(", ")
            assert varies == ("*" not in origins)


@pytest.mark.parametrize(
    "path", ["/v1/models/" + "x" * 2_000, "/" + "y" * 2_000, "/v1/tasks?" + "z" * 20_000]
)
def test_an_address_that_is_too_long_is_refused(snapshot: Snapshot, path: str) -> None:
    application = Application(snapshot, pages=Site())
    assert call(application, "GET", path).status_code == 414
    assert "too long" in call(application, "GET", path, headers={"accept": "text/html"}).text


@pytest.mark.parametrize(
    "query", ["name=" + "x" * 300, "languages=" + "a," * 2_000, "&".join(["a=b"] * 2_000)]
)
def test_lists_and_texts_of_a_query_are_limited(application: Application, query: str) -> None:
    assert call(application, "GET", f"/v1/tasks?{query}").status_code == 422


def test_methods_that_are_made_up_are_counted_as_one(application: Application) -> None:
    for number in range(50):
        call(application, f"M{number}", "/health")
    text = call(application, "GET", "/metrics").text
    assert 'http_requests_total{handler="/health",method="<other>",status="405"} 50.0' in text


def test_requests_are_logged_if_asked_for(
    application: Application, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", logger="frontrunner.server")

    def logged() -> list[logging.LogRecord]:
        """By this program alone: a gateway of another test may still speak."""
        return [one for one in caplog.records if one.name == "frontrunner.server"]

    call(application, "GET", "/health")
    assert not logged()
    application.log_requests()
    call(application, "GET", "/health", headers={"x-request-id": "abc"})
    [record] = logged()
    said = {name: vars(record)[name] for name in ("event", "path", "status", "request_id")}
    assert said == {"event": "request", "path": "/health", "status": 200, "request_id": "abc"}


@pytest.mark.parametrize(("path", "exposes"), [("/v1/snapshot", True), ("/favicon.ico", False)])
def test_programs_of_other_origins_read_headers_of_data_not_of_files_of_pages(
    application: Application, path: str, exposes: bool
) -> None:
    answer = call(application, "GET", path, headers={"origin": "https://a.example"})
    assert answer.status_code == 200
    assert ("access-control-expose-headers" in answer.headers) == exposes
