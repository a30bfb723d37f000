"""The settings of logs and traces: `[logging]`."""

from __future__ import annotations

from typing import Literal

import msgspec


class LoggingSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What programs say of their work: `[logging]`."""

    format: Literal["text", "json"] = "text"
    """How stderr is written: for people, or one JSON object a line."""
    requests: bool = False
    """Whether `serve` logs every request, if `format` is `json`."""
    traces: bool = False
    """Whether requests and the steps of an update are sent as spans of OpenTelemetry."""
