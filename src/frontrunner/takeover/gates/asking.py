"""Gates that ask another program: a webhook, or a query of Prometheus."""

from __future__ import annotations

import math
import time
from typing import Any
from urllib.parse import urlencode

import msgspec

from frontrunner.base.errors import NetworkError
from frontrunner.base.gate_settings import PrometheusGate, WebhookGate
from frontrunner.checks.gates import Verdict
from frontrunner.net.client import Limits, get
from frontrunner.takeover.evidence.facts import Checked

_LARGEST = 1024 * 1024
_LONGEST = 500
"""Characters of a text from outside."""


def asked(gate: WebhookGate | PrometheusGate) -> Checked:
    """Ask, and judge the answer. An answer that cannot be used is an error, never a pass."""
    now = time.time()
    url = gate.url
    if isinstance(gate, PrometheusGate):
        url = f"{url.rstrip('/')}/api/v1/query?{urlencode({'query': gate.query})}"
    limits = Limits(gate.seconds, _LARGEST, private=True)
    try:
        answer = get(url, limits, {"Accept": "application/json"})
    except NetworkError as error:
        return _error(f"{gate.url} does not answer: {error}.", now)
    if isinstance(gate, PrometheusGate):
        return judged_query(gate, answer.body, now)
    if answer.status != 200:
        return _error(f"{gate.url} answered {answer.status}.", now)
    return judged_webhook(gate, answer.body, now)


# --- webhook --------------------------------------------------------------------------------------


class _Said(msgspec.Struct, frozen=True):
    """What a webhook answers."""

    verdict: Verdict
    text: str
    value: float | None = None


def judged_webhook(gate: WebhookGate, body: bytes, at: float) -> Checked:
    """The verdict of a webhook's answer."""
    try:
        said = msgspec.json.decode(body, type=_Said)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        wanted = '{"verdict": "passed", "failed", "inconclusive" or "error", "text": "why"}'
        return _error(f"{gate.url} answered something else than {wanted}: {error}.", at)
    return Checked(verdict=said.verdict, text=_shown(said.text), at=at, value=said.value)


# --- Prometheus -----------------------------------------------------------------------------------


class _Data(msgspec.Struct, frozen=True, rename={"kind": "resultType"}):
    kind: str = ""
    result: Any = None


class _Result(msgspec.Struct, frozen=True):
    status: str
    data: _Data = _Data()
    error: str = ""


class _Sample(msgspec.Struct, frozen=True):
    value: tuple[float, str]


def judged_query(gate: PrometheusGate, body: bytes, at: float) -> Checked:
    """The verdict of the value of a query. No series, or no number, is inconclusive."""
    try:
        result = msgspec.json.decode(body, type=_Result)
        values = _values(result.data)
    except (msgspec.DecodeError, UnicodeDecodeError, ValueError) as error:
        return _error(f"{gate.url} did not answer like Prometheus: {error}.", at)
    if result.status != "success":
        return _error(f"Query {gate.query!r} was refused: {_shown(result.error)}", at)
    if len(values) > 1:
        text = (
            f"Query {gate.query!r} gives {len(values)} series. Write one that returns one number."
        )
        return _error(text, at)
    if not values:
        return _inconclusive(f"Query {gate.query!r} gives no series. Is its metric exported?", at)
    if not math.isfinite(values[0]):
        return _inconclusive(f"Query {gate.query!r} gives {values[0]}, which is not a number.", at)
    return _held(gate, values[0], at)


def _values(data: _Data) -> list[float]:
    if data.kind == "vector":
        samples = msgspec.convert(data.result, list[_Sample])
        return [float(one.value[1]) for one in samples]
    if data.kind in ("scalar", "string"):
        return [float(msgspec.convert(data.result, tuple[float, str])[1])]
    if data.kind:
        raise ValueError(f"a {data.kind} is not one number")
    return []


def _held(gate: PrometheusGate, value: float, at: float) -> Checked:
    low = gate.at_least is not None and value < gate.at_least
    high = gate.at_most is not None and value > gate.at_most
    signs = (("at least", gate.at_least), ("at most", gate.at_most))
    wanted = " and ".join(f"{sign} {limit:g}" for sign, limit in signs if limit is not None)
    return Checked(
        verdict=Verdict.FAILED if low or high else Verdict.PASSED,
        text=f"Query {gate.query!r} gives {value:g}; {wanted} allowed.",
        at=at,
        value=value,
        limit=gate.at_least if low or gate.at_most is None else gate.at_most,
        sample=1,
    )


def _error(text: str, at: float) -> Checked:
    return Checked(verdict=Verdict.ERROR, text=text[: 2 * _LONGEST], at=at)


def _inconclusive(text: str, at: float) -> Checked:
    return Checked(verdict=Verdict.INCONCLUSIVE, text=text, at=at)


def _shown(text: str) -> str:
    return "".join(sign if sign.isprintable() else " " for sign in text[:_LONGEST])
