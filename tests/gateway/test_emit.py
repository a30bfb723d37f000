"""Files that run the gateway as a service."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from frontrunner.base.atomic import write_file
from frontrunner.base.errors import GatewayError, UsageError
from frontrunner.base.gateway_settings import GatewaySettings
from frontrunner.gateway.emit import KINDS, config_map, emitted
from frontrunner.gateway.state import GatewayState


def settings(**more: Any) -> GatewaySettings:
    """Settings that suit every kind, and more."""
    apart = {"old": "http://old", "new": "http://new:8000", "listen": "0.0.0.0:8080", "salt": "x"}
    return GatewaySettings(**{**apart, **more})


def lines(text: str, key: str) -> list[str]:
    return [line.partition("=")[2] for line in text.splitlines() if line.startswith(f"{key}=")]


def test_a_config_map_holds_both_files_and_watches_its_folder() -> None:
    made = yaml.safe_load(config_map(settings(), "salt", GatewayState(share=5)))
    assert set(made["data"]) == {"envoy.yaml", "routes.yaml"}
    assert "watched_directory" in made["data"]["envoy.yaml"]
    assert yaml.safe_load(made["data"]["routes.yaml"])["version_info"] == "0-5-0-00"


@pytest.mark.parametrize(
    ("feedback", "extras"), [("", "gateway"), ("postgresql://h/d", "gateway,postgres")]
)
def test_an_image_has_the_driver_of_its_database(
    tmp_path: Path, feedback: str, extras: str
) -> None:
    made = emitted("dockerfile", settings(feedback=feedback), tmp_path, tmp_path)
    assert f"'.[{extras}]'" in made


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_emitted(tmp_path: Path, kind: str) -> None:
    text = emitted(kind, settings(), tmp_path, tmp_path / "gateway")
    if kind in ("compose", "kubernetes"):
        assert all(isinstance(one, dict) for one in yaml.safe_load_all(text))
    if kind == "systemd":
        assert f"gateway run --home {tmp_path}" in text


def test_a_pod_writes_no_file_that_grows_and_compares_nothing(tmp_path: Path) -> None:
    write_file(tmp_path / "state.json", msgspec.json.encode(GatewayState(salt="x", shadow=2000)))
    text = emitted("kubernetes", settings(), tmp_path, tmp_path)
    data = next(yaml.safe_load_all(text))["data"]
    logs = re.findall(r"access_loggers\.\w+\.v3\.\w+", data["envoy.yaml"])
    assert logs == ["access_loggers.stream.v3.StdoutAccessLog"] * 2
    assert "mirror" not in data["routes.yaml"]


@pytest.mark.parametrize("name", ["a b", "50%", "it's", 'a"b', "back\\slash"])
def test_a_folder_of_any_name_is_one_word(tmp_path: Path, name: str) -> None:
    unit = emitted("systemd", settings(), tmp_path / name, tmp_path / name / "gateway")
    [command], [folders] = lines(unit, "ExecStart"), lines(unit, "ReadWritePaths")
    home = str(tmp_path / name).replace("%", "%%")
    assert shlex.split(command)[1:] == ["gateway", "run", "--home", home]
    assert shlex.split(folders) == [home]
    compose = yaml.safe_load(emitted("compose", settings(), tmp_path / name, tmp_path))
    [volume] = compose["services"]["gateway"]["volumes"]
    assert volume == f"{tmp_path / name}:/var/lib/frontrunner"


def test_a_state_folder_outside_of_the_home_can_be_written(tmp_path: Path) -> None:
    home, state = tmp_path / "home", tmp_path / "a state"
    [folders] = lines(emitted("systemd", settings(), home, state), "ReadWritePaths")
    assert shlex.split(folders) == [str(home), str(state)]
    [inside] = lines(emitted("systemd", settings(), home, home / "gateway"), "ReadWritePaths")
    assert shlex.split(inside) == [str(home)]


@pytest.mark.parametrize(("port", "capability"), [(443, "CAP_NET_BIND_SERVICE"), (8080, "")])
def test_a_unit_may_listen_on_its_port_and_no_more(
    tmp_path: Path, port: int, capability: str
) -> None:
    unit = emitted("systemd", settings(listen=f"0.0.0.0:{port}"), tmp_path, tmp_path)
    assert lines(unit, "CapabilityBoundingSet") == [capability]
    assert lines(unit, "AmbientCapabilities") == ([capability] if capability else [])


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"listen": "127.0.0.1:8080"}, "gateway.listen is 127.0.0.1:8080"),
        ({"old": "http://localhost:7860"}, "gateway.old is localhost:7860"),
        ({"new": ("http://new:1", "http://[::1]:2")}, r"gateway.new is \[::1\]:2"),
        ({"salt": ""}, "gateway.salt is not set"),
    ],
)
def test_what_cannot_work_in_a_pod_is_refused(
    tmp_path: Path, more: dict[str, Any], says: str
) -> None:
    with pytest.raises(GatewayError, match=says):
        emitted("kubernetes", settings(**more), tmp_path, tmp_path)
    for kind in ("systemd", "compose", "dockerfile"):
        emitted(kind, settings(**more), tmp_path, tmp_path)


def test_an_unknown_kind_suggests_one(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="Did you mean systemd"):
        emitted("systmd", settings(), tmp_path, tmp_path)
