"""The recipes that open the documentation, run as they are written."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from frontrunner.answers.service import Service
from frontrunner.base.config import load_settings
from frontrunner.http.pages import PageRequest
from frontrunner.snapshot.store import Store
from frontrunner.web.site import Site
from tests.factories import result, write
from tests.results.git_folder import git

ROOT = Path(__file__).parents[1]
OPENING = (ROOT / "docs/index.md").read_text(encoding="utf-8")
OWN, PRIVATE = OPENING.split("## A private board without network")
PUBLIC = "https://github.com/embeddings-benchmark/results"


def blocks(text: str, kind: str) -> list[str]:
    """The code blocks of a kind."""
    return re.findall(rf"```{kind}\n(.*?)```", text, re.DOTALL)


@pytest.fixture
def reader(tmp_path: Path) -> Path:
    """`frontrunner` on the path, and a small repository in place of the public one."""
    public = tmp_path / "public"
    write(public, "results/BAAI__bge-m3/1/STSBenchmark.json", result("STSBenchmark", 0.8))
    git(public, "init", "-q")
    git(public, "add", "-A")
    git(public, "commit", "-qm", "results")
    command = tmp_path / "bin/frontrunner"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec {sys.executable} -m frontrunner "$@"\n')
    command.chmod(0o755)
    return tmp_path


def run(folder: Path, script: str) -> str:
    settings = {
        "PATH": f"{folder / 'bin'}:{os.environ['PATH']}",
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.{(folder / 'public').as_uri()}.insteadOf",
        "GIT_CONFIG_VALUE_0": PUBLIC,
    }
    done = subprocess.run(
        ["sh", "-e", "-c", script],  # noqa: S607
        cwd=folder, env=os.environ | settings, check=False,
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stderr


def page(home: Path, path: str) -> str:
    site = Site(site=load_settings(home).site)
    found = site.find(
        Service(Store(home).current()), PageRequest(path, b"", "en", True, "http://x")
    )
    assert found is not None
    return found.answer.identity.decode()


def test_own_results_beside_public_ones(reader: Path) -> None:
    install, build, check, serve = blocks(OWN, "sh")
    assert "setup-dev:" in (ROOT / "Makefile").read_text()
    assert ". .venv/bin/activate" in install
    assert serve == "frontrunner serve\n"
    [layout] = blocks(OWN, "text")
    for path, content in zip(layout.split(), blocks(OWN, "json"), strict=True):
        write(reader, path, content.encode())
    said = run(reader, build)
    assert "Described by their result files: finch-lab/finch-base" in said
    assert "results: 1 file, 1 with scores" in said
    home = reader / ".frontrunner"
    names = {v.model for v in Store(home).current().table.variants}
    assert names == {"BAAI/bge-m3", "finch-lab/finch-base"}
    shown = page(home, "/models/finch-lab/finch-base")
    assert "Described by its result files" in shown
    assert "? weights" in shown
    assert "✗" not in shown
    run(reader, check)


def test_a_private_board_has_its_own_name(reader: Path) -> None:
    catalog, site = blocks(PRIVATE, "toml")
    build, serve = blocks(PRIVATE, "sh")
    assert serve == "frontrunner serve --home private\n"
    write(reader, "catalog.toml", catalog.encode())
    write(reader, "private/frontrunner.toml", site.encode())
    folder = "tickets/finch-lab__finch-base/main"
    write(reader, f"{folder}/SupportTickets.json", result("SupportTickets", 0.5))
    write(reader, f"{folder}/model_meta.json", {"name": "finch-lab/finch-base", "revision": "1"})
    run(reader, build)
    shown = page(reader / "private", "/")
    assert "Acme Embeddings" in shown
    assert "How models do on our own tickets." in shown
    assert "Frontrunner" not in re.sub(r"<script.*?</script>", "", shown)
