"""Requests a day, from the gateway's logs."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from frontrunner.takeover.traffic import measure_traffic

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


def line(seconds: float, route: str | None = "old.page") -> str:
    at = (BEGIN + timedelta(seconds=seconds)).isoformat(timespec="milliseconds")
    return json.dumps({"at": at.replace("+00:00", "Z"), "route": route}) + "\n"


def test_rotated_logs_count_and_what_is_no_request_of_a_user_does_not(tmp_path: Path) -> None:
    (tmp_path / "requests.log.2").write_text(line(0) + line(900, "new.page"))
    (tmp_path / "requests.log.1").write_text(line(1000) + "garbage\n" + line(1100, None))
    (tmp_path / "requests.log").write_text(line(3000) + line(3600) + '{"at": "2026')
    found = measure_traffic(tmp_path)
    assert found is not None
    assert (found.requests, found.seconds, found.per_day) == (5, 3600, 120)


def test_too_little_says_nothing(tmp_path: Path) -> None:
    assert measure_traffic(tmp_path) is None
    (tmp_path / "requests.log").write_text(line(0) + line(59))
    assert measure_traffic(tmp_path) is None
