"""The emitted GitHub workflow, carried out step by step against the stand-in Hub.

A small runner does what GitHub does with `if`, `env`, expressions, failed steps and caches: each
job begins with the repository alone. `pip` is not run, and `gh` is a program that writes down what
it is asked.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest
import yaml

from frontrunner.base.config import load_settings
from frontrunner.base.errors import NetworkError
from frontrunner.hub.standin.deploys import Result
from frontrunner.hub.standin.live_sites import Site
from frontrunner.refresh.emit import emitted
from frontrunner.refresh.live import shown_at
from frontrunner.refresh.record import Run
from frontrunner.snapshot.store import Store
from tests.factories import write
from tests.gateway.conftest import until
from tests.hub.made_hub import TOKEN, Hub, made_hub
from tests.hub.test_deploying import DEMO, container
from tests.ports import free_port
from tests.refresh.boards import CATALOG, scores, source

pytestmark = pytest.mark.acceptance
SETTINGS = "frontrunner.toml"
_EXPRESSION = re.compile(r"\$\{\{ *([^}]+?) *\}\}")
_GH = """#!/bin/sh
echo "$@" >> {log}
case "$1 $2" in
  "issue list") cat {open} ;;
  "issue create") echo 7 > {open}; cat status.txt >> {log} ;;
  "issue comment") cat status.txt >> {log} ;;
esac
"""


@pytest.fixture
def hub() -> Iterator[Hub]:
    with made_hub() as made:
        made.app.applications[DEMO] = container
        yield made


class Repository:
    """A repository with the workflow, its settings and its catalog, and what its runner has."""

    def __init__(self, folder: Path, hub: Hub) -> None:
        self.folder, self.home = folder / "repository", folder / "repository/board"
        self._results, self._bin = folder / "results", folder / "bin"
        self._cached = folder / "cached"
        self.log, self._open = folder / "gh.log", folder / "gh.open"
        self._open.touch()
        write(self.folder, "catalog.toml", CATALOG.encode())
        write(
            self.home,
            SETTINGS,
            f'[refresh]\nresults = "{self._results}"\ncatalog = "{self.folder}/catalog.toml"\n'
            f'without_mteb = true\n[refresh.deploy]\nspace = "{DEMO}"\nwithin = "60s"\n'
            f'[hub]\nendpoint = "{hub.url}"\n'.encode(),
        )
        self._program("frontrunner", f'#!/bin/sh\nexec {sys.executable} -m frontrunner "$@"\n')
        self._program("pip", "#!/bin/sh\n")
        self._program("gh", _GH.format(log=self.log, open=self._open))
        self.workflow = yaml.safe_load(emitted("github-actions", load_settings(self.home, {})))

    def _program(self, name: str, text: str) -> None:
        path = write(self._bin, name, text.encode())
        path.chmod(0o755)

    @property
    def env(self) -> dict[str, str]:
        """The environment of a program, which finds `frontrunner`."""
        return {**os.environ, "PATH": f"{self._bin}:{os.environ['PATH']}"}

    def without_space(self) -> None:
        """From now on nothing is deployed."""
        path = self.home / "frontrunner.toml"
        path.write_text(path.read_text().partition("[refresh.deploy]")[0])

    def results(self, number: int) -> None:
        """From now on the source has this many models."""
        fresh = source(self._results.with_name(f"models-{number}"), scores(number))
        self._results.unlink(missing_ok=True)
        self._results.symlink_to(fresh)

    def run(self, **inputs: str) -> Ran:
        """Carry out the job."""
        job = self.workflow["jobs"]["refresh"]
        context = {
            "secrets.HF_TOKEN": TOKEN,
            "github.token": "gh-token",
            "github.run_id": "12",
            "github.run_attempt": "1",
            "github.server_url": "https://github.example",
            "github.repository": "board/data",
            "vars.FRONTRUNNER": "frontrunner",
            **{f"inputs.{name}": inputs.get(name, "") for name in ("accept", "reason")},
        }
        self._check_out()
        done, failed, printed = [], False, ""
        for step in job["steps"]:
            if not _is_due(step.get("if", ""), context, failed=failed):
                continue
            if "uses" in step:
                self._use(step["uses"])
                continue
            process = self._step(step, {**job["env"], **step.get("env", {})}, context)
            done.append(step["name"])
            printed += process.stdout
            failed = failed or process.returncode != 0
        return Ran(done, failed, printed)

    def _check_out(self) -> None:
        """Leave what the repository has: the settings."""
        for path in self.home.iterdir():
            if path.name != SETTINGS:
                shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()

    def _use(self, action: str) -> None:
        """What an action does with the home."""
        match action.partition("@")[0]:
            case "actions/cache/restore":
                if self._cached.exists():
                    shutil.copytree(self._cached, self.home, symlinks=True, dirs_exist_ok=True)
            case "actions/cache/save":
                shutil.rmtree(self._cached, ignore_errors=True)
                ignored = shutil.ignore_patterns(SETTINGS)
                shutil.copytree(self.home, self._cached, symlinks=True, ignore=ignored)
            case other:
                assert other in ("actions/checkout", "actions/setup-python"), other

    def _step(
        self, step: Mapping[str, Any], env: Mapping[str, str], context: Mapping[str, str]
    ) -> subprocess.CompletedProcess[str]:
        given = {name: _EXPRESSION.sub(lambda m: context[m[1]], one) for name, one in env.items()}
        return subprocess.run(
            ["bash", "-e", "-c", step["run"]],  # noqa: S607
            cwd=self.folder,
            env={**self.env, **given, "GITHUB_ACTOR": "ada"},
            stdout=subprocess.PIPE,
            text=True,
            check=False,
            timeout=300,
        )


class Ran(NamedTuple):
    """A job that ended."""

    steps: list[str]
    failed: bool
    printed: str

    @property
    def update(self) -> Run:
        """The JSON line of its update."""
        return msgspec.json.decode(self.printed.strip().splitlines()[-1], type=Run)


def _is_due(condition: str, context: Mapping[str, str], *, failed: bool) -> bool:
    if condition == "failure()":
        return failed
    if condition == "always()":
        return True
    if not condition:
        return not failed
    name, comparison, value = shlex.split(condition)
    return not failed and (context[name] == value) == (comparison == "==")


@pytest.fixture
def repository(tmp_path: Path, hub: Hub) -> Repository:
    return Repository(tmp_path, hub)


def test_the_job_from_the_source_to_the_reader_and_an_issue_when_it_fails(
    repository: Repository, hub: Hub
) -> None:
    repository.results(12)
    first = repository.run()
    assert (first.steps, first.failed) == (["Install", "Update"], False)
    assert first.update.outcome == "published"
    assert first.update.commit == hub.run(hub.stored.space(DEMO)).serving
    assert not repository.log.exists(), "nobody is told when all is well"

    repository.results(4)
    held = repository.run()
    assert (held.failed, held.steps[-1]) == (True, "Open an issue, or comment on the open one")
    asked = repository.log.read_text()
    assert "issue create --title The leaderboard was not updated" in asked
    assert "8 models would vanish" in asked
    assert "https://github.example/board/data/actions/runs/12" in asked
    assert shown(hub) == first.update.snapshot

    again = repository.run()
    assert again.failed
    assert "issue comment 7" in repository.log.read_text()

    waiting = held.update.snapshot
    assert waiting
    passed = repository.run(accept=waiting, reason="They were withdrawn")
    assert (passed.steps, passed.failed) == (["Install", "Publish a held snapshot"], False)
    assert shown(hub) == waiting == Store(repository.home).current_id()


def test_a_space_that_does_not_build_opens_an_issue_with_the_reason(
    repository: Repository, hub: Hub
) -> None:
    repository.results(11)
    assert not repository.run().failed
    hub.stored.let_next_end(hub.stored.space(DEMO), Result.BUILD_ERROR)
    repository.results(12)
    ended = repository.run()
    assert (ended.failed, ended.update.outcome) == (True, "undeployed")
    assert "BUILD_ERROR" in repository.log.read_text()


def test_the_space_that_updates_itself_serves_at_once_and_follows_its_source(
    repository: Repository,
) -> None:
    text = emitted("space", load_settings(repository.home, {}, refresh={"every": "1m"}))
    [update] = re.findall(r"^RUN (frontrunner .*)$", text, re.MULTILINE)
    [command] = re.findall(r"^CMD (.*)$", text, re.MULTILINE)
    repository.results(11)
    repository.without_space()
    env = {**repository.env, "FRONTRUNNER_HOME": str(repository.home)}
    subprocess.run(["/bin/sh", "-c", update], env=env, check=True)
    in_image = Store(repository.home).current_id()
    repository.results(12)  # while the image is not started yet
    port = free_port()
    env |= {"FRONTRUNNER_SERVER_HOST": "127.0.0.1", "FRONTRUNNER_SERVER_PORT": str(port)}
    process = subprocess.Popen(msgspec.json.decode(command), env=env, start_new_session=True)
    try:
        url = f"http://127.0.0.1:{port}"
        until(lambda: served(url) is not None)
        until(lambda: served(url) not in (None, in_image), 90)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def served(url: str) -> str | None:
    """The snapshot that is served; None if nothing is."""
    try:
        return shown_at(url)
    except NetworkError:
        return None


def shown(hub: Hub) -> str:
    """The snapshot that the container of the Space shows."""
    space = hub.stored.space(DEMO)
    serving = hub.run(space).serving
    commit = next(one for one in space.commits if one.id == serving)
    files = {path: hub.stored.content(entry) for path, entry in commit.files.items()}
    answer = container(Site(DEMO, commit.id, files, {}), "/v1/snapshot")
    return str(msgspec.json.decode(answer.body)["id"])
