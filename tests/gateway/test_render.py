"""What is rendered: alike for alike input, accepted by Envoy, and without anything secret."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st
from uvicorn import Config

from frontrunner.base.gateway_settings import GatewaySettings
from frontrunner.gateway.binary import deprecations, find_envoy, refusal
from frontrunner.gateway.control import parse_version
from frontrunner.gateway.render import render_config, render_routes, version
from frontrunner.gateway.state import GatewayState


def boards(**more: Any) -> GatewaySettings:
    """Settings with both boards, and more."""
    return GatewaySettings(
        **{"old": "http://127.0.0.1:7860", "new": "http://127.0.0.1:8000", **more}
    )


VARIANTS: dict[str, dict[str, Any]] = {
    "three lines": {},
    "a remote old board": {"old": "https://old-board.hf.space"},
    "several addresses": {"new": ("http://a:1", "http://b:2", "http://[::1]:3")},
    "all of it": {
        "old": ("http://a:1", "http://b:1"),
        "old_kind": "mteb",
        "old_paths": ("/exact", "/more*"),
        "new_paths": ("/x~y",),
        "old_health": "/up",
        "new_health": "",
        "trusted_hops": 2,
        "feedback": "postgresql://user:secret@db/feedback",
        "banner": False,
        "listen": "[::]:8443",
        "concurrency": 3,
    },
}


@pytest.mark.parametrize("more", VARIANTS.values(), ids=VARIANTS.keys())
def test_envoy_accepts_it_without_a_deprecated_field(
    tmp_path: Path, more: dict[str, object]
) -> None:
    settings = boards(**more)
    for state in (
        GatewayState(),
        GatewayState(share=37, shadow=5, banner=True),
        GatewayState(share=10_000, settled=True),
    ):
        text = render_config(settings, "salt", tmp_path, inline=state)
        assert text == render_config(settings, "salt", tmp_path, inline=state)
        assert "secret" not in text.replace("Nothing in this file is secret", "")
        config = tmp_path / "envoy.yaml"
        config.write_text(text)
        envoy = find_envoy()
        assert refusal(envoy, config) is None
        assert deprecations(envoy, config) == []


def test_no_idle_connection_is_used_while_uvicorn_closes_it(tmp_path: Path) -> None:
    """One of a million requests, for `/transition.json`, was answered with 503 by such a close."""
    text = render_config(boards(), "salt", tmp_path, inline=GatewayState())
    config = yaml.load(text, Loader=yaml.CSafeLoader)["static_resources"]
    key = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions"
    idle = {
        one["name"]: one["typed_extension_protocol_options"][key]["common_http_protocol_options"]
        for one in config["clusters"]
    }
    assert {"companion", "comparer"} < idle.keys()
    closes = Config("an:application").timeout_keep_alive
    assert all(float(one["idle_timeout"].removesuffix("s")) < closes for one in idle.values())
    made = yaml.load(render_routes(boards(), GatewayState()), Loader=yaml.CSafeLoader)
    [host] = made["resources"][0]["virtual_hosts"]
    [shown] = [one["route"] for one in host["routes"] if one["name"] == "own.transition"]
    assert "reset" in shown["retry_policy"]["retry_on"]


def test_no_part_is_used_that_is_not_hardened(tmp_path: Path) -> None:
    """Envoy does not promise that these withstand users, or boards, that mean harm."""
    text = render_config(boards(new=("http://a:1", "http://b:2")), "salt", tmp_path)
    found = re.findall(r"envoy\.[a-z_.]+|extensions\.clusters\.[a-z]+", text)
    assert found
    assert not [name for name in found if "composite" in name or "aggregate" in name]
    assert "priority: 1" in text


def test_what_is_left_out_is_so_at_once_and_for_its_time(tmp_path: Path) -> None:
    sides = {"old": ("http://a:1", "http://b:1"), "new": ("http://c:1", "http://d:1")}
    text = render_config(boards(**sides, ejection_time=7), "salt", tmp_path)
    clusters = yaml.load(text, Loader=yaml.CSafeLoader)["static_resources"]["clusters"]
    found = [one for one in clusters if one["type"] == "STRICT_DNS"]
    assert {one["name"] for one in found} == {"old", "new_first", "new_alone"}
    for one in found:
        assert one["common_lb_config"]["update_merge_window"] == "0s"
        outliers = one["outlier_detection"]
        assert outliers["successful_active_health_check_uneject_host"] is False
        assert (outliers["base_ejection_time"], outliers["max_ejection_time"]) == ("7s", "84s")


@given(st.integers(1, 12), st.integers(1, 12), st.integers(1, 3), st.integers(1, 3))
@limits(max_examples=60, deadline=None)
def test_all_of_the_new_board_can_be_left_out_but_never_all_of_the_old_one(
    new: int, old: int, each_new: int, each_old: int
) -> None:
    """An old board of two addresses kept a new board of one from ever being left out.

    A slow old one filled all places, and 12 writes in a row failed at a return of the new one;
    and if the name of a new one stood for three addresses, all of the old one could be left out.
    """
    sides = {
        name: tuple(f"http://{name}{number}:1" for number in range(count))
        for name, count in (("old", old), ("new", new))
    }
    made = yaml.load(render_config(boards(**sides), "salt", Path("/x")), Loader=yaml.CSafeLoader)
    [one] = [one for one in made["static_resources"]["clusters"] if one["name"] == "new_first"]
    first, second = (len(each["lb_endpoints"]) for each in one["load_assignment"]["endpoints"])
    most = one["outlier_detection"]["max_ejection_percent"]
    assert (first, second % old) == (new, 0)
    first, second = first * each_new, second * each_old
    left_out = max(n for n in range(first + second) if 100 * n <= most * (first + second))
    assert first <= left_out < second or (each_new > each_old and old > 1)
    assert first + 10 <= left_out or each_new > 1 or old > 1


states = st.builds(
    GatewayState,
    generation=st.integers(0, 10**9),
    share=st.integers(0, 10_000),
    shadow=st.integers(0, 10_000),
    banner=st.booleans(),
    settled=st.booleans(),
)


@limits(max_examples=40)
@given(states)
def test_routes_say_the_state_that_they_are_made_from(state: GatewayState) -> None:
    made = yaml.load(render_routes(boards(), state), Loader=yaml.CSafeLoader)
    seen = parse_version(made["version_info"])
    assert (seen.generation, seen.share, seen.shadow) == (
        state.generation, state.share, state.shadow,
    )  # fmt: skip
    assert (seen.banner, seen.settled) == (state.banner, state.settled)
    [host] = made["resources"][0]["virtual_hosts"]
    ranges = {
        header["range_match"]["end"]
        for route in host["routes"]
        for header in route["match"].get("headers", [])
        if "range_match" in header
    }
    partial = 0 < state.share < 10_000 and not state.settled
    assert ranges == ({state.share} if partial else set())
    last = host["routes"][-1]["name"]
    everybody = state.share == 10_000 or state.settled
    assert last == ("new.other" if everybody else "old.other")


@pytest.mark.parametrize("text", ["", "x", "1-2-3", "1-2-3-4", "a-2-3-00", "1-2-3-000"])
def test_routes_of_somebody_else_are_not_read(text: str) -> None:
    from frontrunner.base.errors import GatewayError

    with pytest.raises(GatewayError, match="did not write"):
        parse_version(text)


def test_a_version_is_read_as_it_was_written() -> None:
    assert parse_version(version(GatewayState(generation=7, share=5, banner=True))).share == 5


def test_no_request_meets_a_connection_that_the_other_end_closes_after_5_seconds(
    tmp_path: Path,
) -> None:
    config = yaml.safe_load(render_config(boards(), "salt", tmp_path))
    clusters = config["static_resources"]["clusters"]
    options = [one["typed_extension_protocol_options"].values() for one in clusters]
    times = [o["common_http_protocol_options"]["idle_timeout"] for one in options for o in one]
    assert times == ["3s"] * len(clusters)
    assert len(clusters) >= 4
