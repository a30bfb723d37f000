"""Webhooks and queries: what their answers mean, whatever they are."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontrunner.base.gate_settings import PrometheusGate, WebhookGate
from frontrunner.checks.gates import Verdict
from frontrunner.takeover.evidence.facts import Checked
from frontrunner.takeover.gates.asking import asked, judged_query, judged_webhook
from tests.net.hosts import host, ok

HOOK = WebhookGate(name="hook", url="http://host/gate", seconds=5.0)
QUERY = PrometheusGate(
    name="query",
    url="http://host",
    query="errors / requests",
    at_most=0.5,
    at_least=0.1,
    seconds=5.0,
)


def answer(kind: str, result: Any, status: str = "success", **more: Any) -> bytes:
    data = {"resultType": kind, "result": result}
    return msgspec.json.encode({"status": status, "data": data, **more})


def vector(*values: str) -> bytes:
    return answer("vector", [{"metric": {"job": "x"}, "value": [1.5, one]} for one in values])


def at(gate: WebhookGate | PrometheusGate, url: str) -> WebhookGate | PrometheusGate:
    return msgspec.structs.replace(gate, url=url)


# --- webhook --------------------------------------------------------------------------------------


@pytest.mark.parametrize("verdict", list(Verdict))
def test_a_webhook_gives_any_verdict(verdict: Verdict) -> None:
    body = msgspec.json.encode({"verdict": verdict, "text": "Because.", "value": 3})
    wanted = Checked(verdict=verdict, text="Because.", at=7.0, value=3.0)
    assert judged_webhook(HOOK, body, 7.0) == wanted


@pytest.mark.parametrize(
    "body",
    [
        b"", b"passed", b'"passed"', b"{}", b'{"verdict": "passed"}', b"\xff",
        b'{"verdict": "PASSED", "text": ""}', b'{"verdict": true, "text": "ok"}',
        b'{"verdict": "passed", "text": null}', b'{"verdict": "passed", "text": "", "value": "x"}',
    ],
)  # fmt: skip
def test_anything_else_is_an_error(body: bytes) -> None:
    assert judged_webhook(HOOK, body, 7.0).verdict is Verdict.ERROR


def test_a_text_from_outside_is_cut_and_has_no_control_characters() -> None:
    body = msgspec.json.encode({"verdict": "passed", "text": "\x1b[31m" + "x" * 9000})
    text = judged_webhook(HOOK, body, 7.0).text
    assert len(text) == 500
    assert text.isprintable()


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (ok(b'{"verdict": "passed", "text": "Fine."}', "application/json"), "Fine."),
        (b"HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n", "answered 500"),
        (b"nonsense", "does not answer"),
    ],
)
def test_a_webhook_is_asked(raw: bytes, said: str) -> None:
    with host(raw) as url:
        found = asked(at(HOOK, f"{url}/gate?token=1"))
    assert said in found.text
    assert (found.verdict is Verdict.PASSED) == (said == "Fine.")


# --- Prometheus -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "verdict", "limit"),
    [
        ("0.3", Verdict.PASSED, 0.5), ("0.1", Verdict.PASSED, 0.5), ("0.5", Verdict.PASSED, 0.5),
        ("0.51", Verdict.FAILED, 0.5), ("0.09", Verdict.FAILED, 0.1),
    ],
)  # fmt: skip
def test_a_value_is_held_against_both_limits(value: str, verdict: Verdict, limit: float) -> None:
    for body in (vector(value), answer("scalar", [1.5, value])):
        found = judged_query(QUERY, body, 7.0)
        assert (found.verdict, found.value, found.limit) == (verdict, float(value), limit)


@pytest.mark.parametrize("value", ["NaN", "+Inf", "-Inf"])
def test_no_number_is_inconclusive(value: str) -> None:
    assert judged_query(QUERY, vector(value), 7.0).verdict is Verdict.INCONCLUSIVE


def test_no_series_is_inconclusive_and_names_the_query() -> None:
    found = judged_query(QUERY, vector(), 7.0)
    assert found.verdict is Verdict.INCONCLUSIVE
    assert "'errors / requests' gives no series" in found.text


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (vector("0.2", "0.3"), "2 series"),
        (answer("matrix", []), "matrix"),
        (answer("vector", [{"value": []}]), "like Prometheus"),
        (answer("vector", [{"value": [1, "one"]}]), "like Prometheus"),
        (answer("vector", None), "like Prometheus"),
        (b"<html>", "like Prometheus"),
        (b'{"status": "error", "errorType": "bad_data", "error": "parse error"}', "parse error"),
    ],
)
def test_an_answer_that_is_not_one_number_is_an_error(body: bytes, said: str) -> None:
    found = judged_query(QUERY, body, 7.0)
    assert found.verdict is Verdict.ERROR
    assert said in found.text


@given(st.binary(max_size=60) | st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["status", "data", "resultType", "result", "value", "verdict", "text"]),
        inner, max_size=4,
    ),
).map(msgspec.json.encode))  # fmt: skip
def test_no_answer_raises_and_none_passes_by_chance(body: bytes) -> None:
    assert judged_query(QUERY, body, 7.0).verdict is not Verdict.PASSED
    assert judged_webhook(HOOK, body, 7.0).verdict is not Verdict.PASSED


def test_prometheus_is_asked_for_the_query() -> None:
    requests: list[bytes] = []
    with host(ok(vector("0.2"), "application/json"), requests) as url:
        assert asked(at(QUERY, f"{url}/prometheus/")).verdict is Verdict.PASSED
    [request] = requests
    assert request.startswith(b"GET /prometheus/api/v1/query?query=errors+%2F+requests HTTP/1.1")
    assert "does not answer" in asked(at(QUERY, url)).text
