"""What a Gradio board says about itself, in the shapes of Gradio 3, 4, 5 and 6.

`/config` has the protocol and, from Gradio 5 on, the prefix of all other paths; `/info` below that
prefix describes the functions. Gradio 5 and 6 also say how each input is called and whether a
program may leave it out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from frontrunner.checks.contract.record import Call, Value

_PREFIX = re.compile(r"(/[\w-]{1,50}){1,5}")
_LATER_PREFIX = "/gradio_api"
_BEFORE_PROTOCOLS = "ws"
"""What clients assume of a Gradio 3 board, which names no protocol."""
_MOST_CHOICES = 1000

_PLUMBING = frozenset(
    """
    api app_id assets call cancel component_server config custom_component deep_link dev favicon.ico
    file heartbeat info login login_check logout manifest.json monitoring openapi.json
    process_recording pwa_icon queue reset robots.txt run run-history runs startup-events static
    stream svelte theme.css token undo-vibe-edit upload upload_progress user vibe-code vibe-edit
    vibe-starter-queries file={path_or_url} proxy={url_path}
    """.split()  # noqa: SIM905
)
"""First parts of the paths that every Gradio application has, versions 3.50 to 6.31."""


class GradioBoard(NamedTuple):
    """What programs need to know to call a Gradio board."""

    protocol: str
    """How programs talk to it; empty if it is not a Gradio board."""
    prefix: str
    """Of all paths but `/config`; `/gradio_api` from Gradio 5 on."""
    calls: tuple[Call, ...]

    def is_own(self, template: str) -> bool:
        """Whether a route belongs to Gradio itself, its page included."""
        return self.is_plumbing(template) or (bool(self.protocol) and template == "/")

    def is_plumbing(self, path: str) -> bool:
        """Whether a path belongs to Gradio itself rather than to this board."""
        if not self.protocol:
            return False
        bare = path.partition("?")[0].removeprefix(self.prefix or "\n").strip("/")
        return bare.partition("/")[0] in _PLUMBING


def gradio_board(ask: Callable[[str], Any]) -> GradioBoard:
    """What the board says; `ask` returns decoded JSON, or None if a path has none."""
    config = ask("/config")
    prefix = _prefix_of(config)
    for one in dict.fromkeys((prefix, "", _LATER_PREFIX)):
        if calls := calls_of(ask(f"{one}/info")):
            return GradioBoard(protocol_of(config), one, tuple(calls))
    return GradioBoard(protocol_of(config), prefix, ())


def protocol_of(config: Any) -> str:
    """How programs have to talk to the board of a `/config`; empty if it is not one of Gradio."""
    if not isinstance(config, dict):
        return ""
    protocol = config.get("protocol")
    if isinstance(protocol, str):
        return protocol
    return _BEFORE_PROTOCOLS if {"version", "components", "dependencies"} <= set(config) else ""


def _prefix_of(config: Any) -> str:
    prefix = config.get("api_prefix") if isinstance(config, dict) else None
    return prefix if isinstance(prefix, str) and _PREFIX.fullmatch(prefix) else ""


def calls_of(info: Any) -> list[Call]:
    """The functions in an `/info`, those without a name by number; none if it is not one."""
    if not isinstance(info, dict):
        return []
    named = _entries(info.get("named_endpoints"))
    unnamed = _entries(info.get("unnamed_endpoints"))
    numbered = {f"fn_index={key}": one for key, one in unnamed.items()}
    return [
        Call(name, _values(one.get("parameters")), _values(one.get("returns")))
        for name, one in sorted((named | numbered).items())
        if isinstance(one, dict)
    ]


def _entries(value: Any) -> dict[str, Any]:
    return {str(key): one for key, one in value.items()} if isinstance(value, dict) else {}


def _values(values: Any) -> tuple[Value, ...]:
    return tuple(map(_value, values)) if isinstance(values, list) else ()


def _value(told: Any) -> Value:
    about: Mapping[str, Any] = told if isinstance(told, dict) else {}
    schema = about.get("type")
    return Value(
        component=_text(about.get("component")),
        name=_text(about.get("parameter_name")),
        type=_text(schema.get("type")) if isinstance(schema, dict) else "",
        optional=about.get("parameter_has_default") is True,
        choices=_choices(schema),
    )


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _choices(schema: Any) -> tuple[str, ...]:
    """The values that a program may send, if they are listed."""
    items = schema.get("items") if isinstance(schema, dict) else None
    for one in (schema, items):
        listed = one.get("enum") if isinstance(one, dict) else None
        if isinstance(listed, list):
            return tuple(text for text in listed[:_MOST_CHOICES] if isinstance(text, str))
    return ()
