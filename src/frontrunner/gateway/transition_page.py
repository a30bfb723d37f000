"""`/transition` as a page in two languages, as JSON and as an Atom feed."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import msgspec

from frontrunner.base.moments import utc
from frontrunner.gateway.jinja import markup
from frontrunner.gateway.transition import Milestone, Transition

STAGES = ("planned", "parallel", "guided", "shifting", "cutover", "settled")
PAGE, DATA, FEED = "/transition", "/transition.json", "/transition.atom"
STYLE = "/__frontrunner/transition.css"
PATHS = (PAGE, DATA, FEED, STYLE)
_SECONDS = 60
"""For how long caches may reuse an answer."""


class TransitionWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The words of the page in one language."""

    lang: str
    other: str
    other_name: str
    title: str
    none: str
    none_more: str
    promise: str
    path: str
    current: str
    done: str
    try_new: str
    back: str
    either: str
    history: str
    nothing: str
    feed: str
    stop: str
    """What ends a sentence before another one."""
    updated: str
    home: str
    names: dict[str, str]
    stages: dict[str, str]
    modes: dict[str, str]
    events: dict[str, str]
    reasons: dict[str, str]


class Rendered(NamedTuple):
    """An answer of the companion."""

    status: int
    media_type: str
    body: bytes
    max_age: int = _SECONDS


class Reader(NamedTuple):
    """Who asks: the address that they used, and the language that they want."""

    origin: str
    """Scheme and host."""
    language: str = "en"


@cache
def transition_words() -> dict[str, TransitionWords]:
    """TransitionWords by language."""
    text = files("frontrunner.gateway").joinpath("transition.toml").read_bytes()
    return msgspec.toml.decode(text, type=dict[str, TransitionWords])


def rendered(path: str, transition: Transition | None, reader: Reader) -> Rendered:
    """The answer at one of PATHS; status 404 if no move is planned."""
    status = 200 if transition is not None else 404
    if path == STYLE:
        style = files("frontrunner.gateway").joinpath("templates/transition.css").read_bytes()
        return Rendered(200, "text/css", style, 3600)
    if path == DATA:
        found = _data(transition) if transition is not None else {"detail": "No move is planned."}
        return Rendered(status, "application/json", msgspec.json.encode(found))
    if path == FEED:
        body = _template("transition.atom.j2", transition, reader)
        return Rendered(200, "application/atom+xml", body)
    return Rendered(status, "text/html", _template("transition.html.j2", transition, reader))


def _data(transition: Transition) -> dict[str, object]:
    """The file as it is, with each share in percent too: by itself it is one of 10,000."""
    history = [
        {**msgspec.to_builtins(one), "share_percent": one.share / 100} for one in transition.history
    ]
    return {
        **msgspec.to_builtins(transition),
        "share_percent": transition.share / 100,
        "shares_percent": [one / 100 for one in transition.shares],
        "history": history,
    }


def _template(name: str, transition: Transition | None, reader: Reader) -> bytes:
    words = transition_words()[reader.language]
    history = transition.history if transition is not None else ()
    return (
        markup(name)
        .render(
            moment=utc,
            day=_day,
            t=words,
            move=transition,
            origin=reader.origin,
            stages=_steps(transition, words),
            stage=_stage_text(transition, words),
            events=[(one, *_event_text(one, words)) for one in history],
            reason=words.reasons.get(transition.reason, "") if transition is not None else "",
            may_try=transition is not None and _may_try(transition),
            may_go_back=transition is not None and transition.stage not in ("planned", "settled"),
        )
        .encode()
    )


def _day(at: float) -> str:
    """A moment for people."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M UTC")


def _percent(share: int) -> str:
    return f"{share / 100:g}"


def _stage_text(transition: Transition | None, words: TransitionWords) -> str:
    if transition is None:
        return words.none
    return words.stages.get(transition.stage, "").replace("{share}", _percent(transition.share))


def _steps(transition: Transition | None, words: TransitionWords) -> list[tuple[str, str]]:
    """Each stage's name, and whether it is `done`, `now` or `later`."""
    if transition is None or transition.stage not in STAGES:
        return []
    reached = STAGES.index(transition.stage)
    states = ["done" if n < reached else "now" if n == reached else "later" for n in range(6)]
    return [(words.names[one], state) for one, state in zip(STAGES, states, strict=True)]


def _event_text(one: Milestone, words: TransitionWords) -> tuple[str, str]:
    """What happened, and why; both may be empty for what a later version wrote."""
    name = words.names.get(one.stage, one.stage)
    text = words.events.get(one.kind, one.kind).replace("{name}", name)
    return text.replace("{share}", _percent(one.share)), words.reasons.get(one.reason, "")


def _may_try(transition: Transition) -> bool:
    """Whether the new board is open to those who choose it."""
    return transition.stage not in ("planned", "settled") and transition.mode != "rolled_back"
