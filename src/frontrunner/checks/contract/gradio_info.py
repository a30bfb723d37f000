"""What a Gradio board says of its functions."""

from __future__ import annotations

from typing import Any

from frontrunner.checks.contract.record import Call


def calls_of(info: Any) -> list[Call]:
    """The named endpoints in `/info`, with the kinds of their values; none where it is not one."""
    named = info.get("named_endpoints") if isinstance(info, dict) else None
    if not isinstance(named, dict):
        return []
    return [
        Call(str(name), _kinds(one.get("parameters")), _kinds(one.get("returns")))
        for name, one in sorted(named.items())
        if isinstance(one, dict)
    ]


def _kinds(values: Any) -> tuple[str, ...]:
    if not isinstance(values, list):
        return ()
    return tuple(str(one.get("component", "")) if isinstance(one, dict) else "" for one in values)


def protocol_of(config: Any) -> str:
    """How programs have to talk to it, from `/config`; empty where it is no Gradio board."""
    told = config.get("protocol") if isinstance(config, dict) else None
    return told if isinstance(told, str) else ""
