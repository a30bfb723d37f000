"""The documentation mentions everything that there is, and nothing that there is not."""

from __future__ import annotations

import csv
import os
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import takewhile
from pathlib import Path

import msgspec
import pytest
import yaml
from typer.main import get_command

from frontrunner import __version__
from frontrunner.answers.bodies import Bodies
from frontrunner.answers.filters import ModelFilter
from frontrunner.answers.service import Service
from frontrunner.base import errors
from frontrunner.base.config import SECTIONS
from frontrunner.base.logging_settings import LoggingSettings
from frontrunner.base.logs import VARIABLE, begin_logs
from frontrunner.base.setting_values import variable
from frontrunner.catalog import entries, own
from frontrunner.cli import GROUPS, MODULES, load_commands
from frontrunner.cli.app import app
from frontrunner.cli.command_line import command_line
from frontrunner.cli.hints import note_home
from frontrunner.cli.output import forget_volume
from frontrunner.http.metrics import Metrics
from frontrunner.http.openapi import document_html
from frontrunner.http.routes import ROUTES, Route
from frontrunner.results.rejects import Reason
from frontrunner.snapshot.manifest import SCORES_PARQUET
from frontrunner.snapshot.store import Store
from frontrunner.snapshot.tables import (
    FILES_PARQUET,
    REJECTS_PARQUET,
    RUNS_PARQUET,
)
from tests.factories import catalog

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"


def _pages() -> list[Path]:
    """Every document for people."""
    top = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")]
    return [*top, ROOT / "examples" / "README.md", *DOCS.rglob("*.md")]


def text(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("section", SECTIONS)
def test_every_setting_is_documented(section: str) -> None:
    documented = text("configuration.md")
    assert f"## `[{section}]`" in documented
    for field in msgspec.structs.fields(SECTIONS[section]):
        if isinstance(field.default, msgspec.Struct):
            assert f"| `[{section}.{field.name}]` |" in documented
            for key in type(field.default).__struct_fields__:
                names = (f"{section}_{one}_{key}".upper() for one in ("<stage>", field.name))
                assert any(f"| `{key}` | `FRONTRUNNER_{one}` |" in documented for one in names), key
        else:
            assert f"| `{field.name}` | `{variable(section, field.name)}` |" in documented, field


@pytest.mark.parametrize("command", MODULES)
def test_every_command_is_documented(command: str) -> None:
    assert re.search(rf"\| `{command}[ `]", text("cli.md"))


def test_commands_are_documented_in_the_groups_of_the_help() -> None:
    sections = dict(
        re.findall(r"^## (.*?)\n(.*?)(?=^## )", text("cli.md"), re.MULTILINE | re.DOTALL)
    )
    for group, names in GROUPS.items():
        told = re.findall(r"^\| `(\w+)", sections[group], re.MULTILINE)
        assert list(dict.fromkeys(told)) == list(names), group


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_is_documented(reason: Reason) -> None:
    assert f"`{reason}`" in text("results.md")


@pytest.mark.parametrize("path", [route.path for route in ROUTES])
def test_every_route_is_documented(path: str) -> None:
    last = path.rsplit("}", 1)[-1] or path
    assert last in text("api.md")


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.path)
def test_every_parameter_is_described(route: Route) -> None:
    page = document_html().decode()
    for parameter in route.params:
        assert f"<code>{parameter.name}</code>" in page
    if route.path == "/v1/rank":
        own = {parameter.name for parameter in route.params} - set(ModelFilter.__struct_fields__)
        assert all(f"`{name}=" in text("api.md") for name in own)


def test_every_metric_is_documented() -> None:
    for family in Metrics().registry.collect():
        name = family.name + ("_total" if family.type == "counter" else "")
        assert f"`{name}`" in text("api.md")


def test_every_option_of_the_core_commands_is_documented() -> None:
    """Options that several commands share are told once, in prose."""
    load_commands([])
    for name in ("build", "ingest", "catalog", "serve", "snapshots", "publish", "rollback",
                 "verify", "prune", "prepare", "demo", "export"):  # fmt: skip
        command = get_command(app).commands[name]  # type: ignore[attr-defined]
        for parameter in command.params:
            for option in parameter.opts:
                if option.startswith("--"):
                    assert re.search(rf"`[^`\n]*{option}\b", text("cli.md")), f"{name} {option}"


def test_every_exit_code_is_documented() -> None:
    codes = {getattr(error, "code", 0) for error in vars(errors).values()}
    for code in codes | {0, 130}:
        assert f"| {code} |" in text("cli.md")


def test_every_package_is_in_the_architecture() -> None:
    for package in (ROOT / "src/frontrunner").glob("*/__init__.py"):
        assert f"`{package.parent.name}`" in text("architecture.md")


def test_modules_that_the_architecture_names_exist() -> None:
    """A row of its table names packages, and in them modules, files, commands or classes."""
    source = ROOT / "src/frontrunner"
    defined = {
        name
        for path in source.rglob("*.py")
        for name in re.findall(r"^class (\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    packages = {path.parent.name for path in source.glob("*/__init__.py")}
    missing = []
    rows = re.findall(r"^\| (`.*?`) \| (.*) \|$", text("architecture.md"), re.MULTILINE)
    for row, holds in rows:
        inside = [path for one in re.findall(r"`(\w+)`", row) for path in (source / one).rglob("*")]
        known = {path.stem for path in inside} | packages | defined
        missing += [f"{row}: {one}" for one in re.findall(r"`(\w+)`", holds) if one not in known]
    assert len(rows) > 10
    assert missing == []


def test_files_that_documents_name_exist() -> None:
    """Looks for `folder/file.py`, from the root of the checkout or of the package."""
    missing = []
    for path in _pages():
        for name in re.findall(r"`([\w/]+/\w+\.py)`", path.read_text(encoding="utf-8")):
            if not (ROOT / name).exists() and not (ROOT / "src/frontrunner" / name).exists():
                missing.append(f"{path.name}: {name}")
    assert missing == []


@pytest.mark.parametrize("name", [SCORES_PARQUET, FILES_PARQUET, REJECTS_PARQUET, RUNS_PARQUET])
def test_every_table_is_documented(name: str) -> None:
    assert f"`{name}`" in text("snapshots.md")


def test_the_example_of_a_catalog_is_one(tmp_path: Path) -> None:
    [example] = re.findall(r"```toml\n(.*?)```", text("catalog.md"), re.DOTALL)
    tomllib.loads(example)
    # Either of the two ways to name languages; and a task that the example does not define.
    example = example.replace('languages = ["eng-Latn"]        # or', "# or")
    example = example.replace(', { name = "STS17", splits = ["test"], subsets = ["en-en"] }', "")
    path = tmp_path / "catalog.toml"
    path.write_text(example, encoding="utf-8")
    registry = catalog(models=["org/public-model"])
    both = own.add_own(registry, path)
    assert both.benchmark_by_name["Support"].display_name == "Support board"
    assert both.model_by_name["org/public-model"].max_tokens == 8192


def test_every_key_of_a_catalog_is_documented() -> None:
    documented = text("catalog.md")
    for entry in (
        entries.OwnTask,
        entries.OwnBenchmark,
        entries.OwnModel,
        entries.TaskRef,
        entries.OwnRenamed,
        entries.OwnOverride,
    ):
        for key in entry.__struct_fields__:
            assert re.search(rf"\b{key}\b", documented), key


def test_links_between_documents_lead_somewhere() -> None:
    for path in _pages():
        for link in re.findall(r"\]\(([^)#]+)", path.read_text(encoding="utf-8")):
            if not link.startswith(("http:", "https:", "mailto:")):
                assert (path.parent / link).exists(), f"{path.name}: {link}"


def commands_shown() -> list[tuple[str, str]]:
    """Each `frontrunner` command of a block for the shell, with the name of its document."""
    shown = []
    for path in _pages():
        blocks = re.findall(
            r"^ *```(?:sh|console)\n(.*?)^ *```", path.read_text("utf-8"), re.MULTILINE | re.DOTALL
        )
        for line in "".join(blocks).replace("\\\n", " ").splitlines():
            found = re.match(r"\s*(?:\$ )?frontrunner (.*)", line)
            if found:
                shown.append((path.name, found[1]))
    return shown


@pytest.fixture
def forgotten(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Reading words has effects: a home for messages, the format of logs, how much is printed."""
    monkeypatch.setitem(os.environ, VARIABLE, "text")  # put back, whatever a command sets
    yield
    note_home(None)
    forget_volume()
    begin_logs(LoggingSettings())


@pytest.mark.usefixtures("forgotten")
@pytest.mark.parametrize(("document", "command"), commands_shown())
def test_commands_that_documents_show_are_accepted(document: str, command: str) -> None:
    """Only their words are read; nothing is run."""
    load_commands([])
    # Up to a pipe, a redirection or an end, as the shell takes it.
    words = list(takewhile(lambda one: one not in ("|", ">", "&&", ";", "&"), _words(command)))
    current = command_line()
    context = current.make_context("frontrunner", list(words))
    while hasattr(current, "commands") and words and words[0] in current.commands:
        current = current.commands[words[0]]
        context = current.make_context(words.pop(0), list(words), parent=context)
    assert not hasattr(current, "commands") or current.invoke_without_command, command


def _words(command: str) -> list[str]:
    return shlex.split(command, comments=True)


def test_pictures_are_small() -> None:
    large = [one.name for one in (DOCS / "pictures").iterdir() if one.stat().st_size > 150_000]
    assert large == []


def test_the_citation_names_this_version() -> None:
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert {"cff-version", "message", "title", "authors"} <= set(cited)
    assert (cited["version"], cited["license"]) == (__version__, "Apache-2.0")


def test_the_example_asks_a_board(tmp_path: Path) -> None:
    server = run_server(tmp_path)
    with server as url:
        done = subprocess.run(
            [sys.executable, str(ROOT / "examples" / "read_scores.py"), url],
            check=True, capture_output=True, text=True,
        )  # fmt: skip
    first, *rest = done.stdout.splitlines()
    assert first == "The best open models under 500M for Retrieval on starter:"
    assert rest[0].startswith("  1. ")
    assert rest[-1].startswith("8 models; ")


@contextmanager
def run_server(home: Path) -> Iterator[str]:
    """The starter board, served."""
    command = [sys.executable, "-m", "frontrunner", "demo", "--port", "0", "--home", str(home)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        try:
            matches = (re.match(r"Serving on (\S+)", line) for line in process.stderr)
            yield next(found[1] for found in matches if found)
        finally:
            process.terminate()


def test_curl_is_told_to_take_brackets_as_they_are() -> None:
    for path in _pages():
        for line in path.read_text(encoding="utf-8").splitlines():
            if "curl " in line and "[[" in line:
                assert "curl -g" in line, f"{path.name}: {line}"


def test_the_readme_shows_what_the_demo_gives(tmp_path: Path) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    command = [sys.executable, "-m", "frontrunner", "demo", "--no-serve", "--home", str(tmp_path)]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stderr
    [counts] = [line for line in told.splitlines() if line.startswith("1 board from")]
    assert counts in readme
    board = Bodies(Service(Store(tmp_path).current())).export("starter", "csv").identity
    [published] = [line for line in told.splitlines() if line.startswith("Published: ")]
    assert published in readme
    for row in list(csv.DictReader(board.decode().splitlines()))[:3]:
        assert ",".join((row["rank"], row["model"], row["mean_task"])) in readme


def test_nothing_is_said_to_be_on_an_index_that_is_not() -> None:
    """Frontrunner is installed from a checkout: no package index has it."""
    files = [ROOT / "README.md", *DOCS.glob("*.md"), *(ROOT / "src").rglob("*.py")]
    wrong = [
        file for file in files if re.search(r"pip install ['\"]?frontrunner", file.read_text())
    ]
    assert wrong == []
