"""Schedules that are written for operators; tests/acceptance has their linters."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
import yaml

from frontrunner.base.config import load_settings
from frontrunner.base.errors import UsageError
from frontrunner.gateway.emit import program
from frontrunner.refresh.emit import KINDS, cron_of, emitted, lacks


@pytest.mark.parametrize(
    ("every", "cron"),
    [
        ("6h", "23 */6 * * *"),
        ("1h", "23 * * * *"),
        ("1d", "23 2 * * *"),
        ("24h", "23 2 * * *"),
        ("12h", "23 */12 * * *"),
        ("30m", "*/30 * * * *"),
        ("60m", "23 * * * *"),
    ],
)
def test_a_time_as_a_schedule(every: str, cron: str) -> None:
    assert cron_of(every) == cron


@pytest.mark.parametrize("every", ["5h", "7m", "36h", "90m", "2d", "61s"])
def test_a_time_that_cron_cannot_express(every: str) -> None:
    with pytest.raises(UsageError, match="cannot run every"):
        cron_of(every)


@pytest.mark.parametrize("kind", KINDS)
def test_a_home_with_a_strange_name_stays_one_word(tmp_path: Path, kind: str) -> None:
    settings = load_settings(tmp_path / "my 100% board", {})
    text = emitted(kind, settings)
    place = {
        "systemd": f'--home "{tmp_path}/my 100%% board"',
        "cron": f"--home '{tmp_path}/my 100\\% board'",
    }
    assert place.get(kind, "") in text


@pytest.mark.parametrize("kind", ["systemd", "cron"])
def test_the_program_that_runs_now_is_named_with_its_whole_path(tmp_path: Path, kind: str) -> None:
    assert program().is_absolute()
    assert f"{program()} refresh --" in emitted(kind, load_settings(tmp_path, {}))


def test_the_job_deploys_where_there_is_a_space(tmp_path: Path) -> None:
    settings = load_settings(tmp_path, {})
    without = yaml.safe_load(emitted("github-actions", settings))
    deploy = {"deploy": {"space": "board/leaderboard"}}
    with_space = yaml.safe_load(
        emitted("github-actions", load_settings(tmp_path, {}, refresh=deploy))
    )
    assert "HF_TOKEN" not in without["jobs"]["refresh"]["env"]
    assert "HF_TOKEN" in with_space["jobs"]["refresh"]["env"]
    assert with_space["jobs"]["refresh"]["steps"] == without["jobs"]["refresh"]["steps"]


@pytest.mark.parametrize("kind", ["space", "github-actions"])
def test_no_package_is_installed_that_nobody_named(tmp_path: Path, kind: str) -> None:
    text = emitted(kind, load_settings(tmp_path, {}))
    [line] = re.findall(r"\b(pip install .*)$", text, re.MULTILINE)
    script = f"pip() {{ echo installed; }}; {line}"
    done = subprocess.run(
        ["/bin/sh", "-c", script],
        env={"FRONTRUNNER": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode != 0, done.stdout) == (True, "")
    assert "Set the variable FRONTRUNNER to what pip installs" in done.stderr


def test_a_schedule_without_a_source_or_readers_says_so(tmp_path: Path) -> None:
    empty = load_settings(tmp_path, {})
    for kind in KINDS:
        found = list(lacks(kind, empty))
        assert "No source of results is set" in found[0]
        assert len(found) == (2 if kind == "github-actions" else 1)
    deploys = {"results": "results", "deploy": {"space": "board/leaderboard"}}
    assert not list(lacks("github-actions", load_settings(tmp_path, {}, refresh=deploys)))
    stored = load_settings(
        tmp_path, {}, refresh={"results": "results"}, store={"publish": "s3://bucket/board"}
    )
    assert not list(lacks("github-actions", stored))
    alone = load_settings(tmp_path, {}, refresh={"results": "results"})
    assert [("not deployed" in one) for one in lacks("github-actions", alone)] == [True]


def test_an_unknown_kind_names_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="Did you mean kubernetes"):
        emitted("kubernets", load_settings(tmp_path, {}))


def test_a_held_snapshot_is_kept_for_the_run_that_accepts_it(tmp_path: Path) -> None:
    job = yaml.safe_load(emitted("github-actions", load_settings(tmp_path, {})))["jobs"]["refresh"]
    caches = {
        one["uses"]: one for one in job["steps"] if one.get("uses", "").startswith("actions/cache")
    }
    restore, save = caches["actions/cache/restore@v4"], caches["actions/cache/save@v4"]
    assert set(caches) == {restore["uses"], save["uses"]}
    assert save["if"] == "always()", "a held update fails, and `actions/cache` would not save it"
    assert {name: save["with"][name] for name in ("path", "key")} == {
        name: restore["with"][name] for name in ("path", "key")
    }
    update = next(n for n, one in enumerate(job["steps"]) if one.get("name") == "Update")
    assert job["steps"].index(save) > update


def test_the_pod_of_an_update_gets_settings_and_secrets_and_passes_the_restricted_standard(
    tmp_path: Path,
) -> None:
    _, job = yaml.safe_load_all(emitted("kubernetes", load_settings(tmp_path, {})))
    pod = job["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    [container] = pod["containers"]
    mounts = {one["mountPath"]: one["name"] for one in container["volumeMounts"]}
    assert mounts == {"/board": "board", "/board/frontrunner.toml": "settings"}
    assert set(mounts.values()) == {one["name"] for one in pod["volumes"]}
    assert container["envFrom"] == [
        {"secretRef": {"name": "frontrunner-secrets", "optional": True}}
    ]
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("others", "all_of_them"),
    [
        ([], "https://huggingface.co"),
        (["https://a.example"], "https://a.example,https://huggingface.co"),
    ],
)
def test_the_page_of_a_space_that_updates_itself_may_show_its_board_in_a_frame(
    tmp_path: Path, others: list[str], all_of_them: str
) -> None:
    text = emitted("space", load_settings(tmp_path, {}, site={"framed_by": others}))
    [value] = re.findall(r"^ENV FRONTRUNNER_SITE_FRAMED_BY=(.*)$", text, re.MULTILINE)
    assert value == all_of_them
    served = load_settings(tmp_path, {"FRONTRUNNER_SITE_FRAMED_BY": value})
    assert ",".join(served.site.framed_by) == all_of_them
