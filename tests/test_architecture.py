"""The shape of the code: imports point one way, functions and files stay small."""

from __future__ import annotations

import ast
import statistics
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCES = sorted((ROOT / "src/frontrunner").rglob("*.py"))
Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def trees() -> dict[Path, ast.Module]:
    """Each source file, parsed when a test asks for it: every worker imports this module."""
    return {path: ast.parse(path.read_text(encoding="utf-8")) for path in SOURCES}


@cache
def nodes(tree: ast.AST) -> list[ast.AST]:
    """All nodes of a file, which many tests go through."""
    return list(ast.walk(tree))


@pytest.fixture(scope="module", autouse=True)
def _trees_of_this_module_only() -> Iterator[None]:
    """A million nodes that stay would slow down each garbage collection of the worker."""
    yield
    for cached in (trees, nodes, functions):
        cached.cache_clear()


@cache
def functions() -> list[tuple[Path, Function]]:
    return [
        (path, node)
        for path, tree in trees().items()
        for node in nodes(tree)
        if isinstance(node, Function)
    ]


def length(node: Function) -> int:
    """Lines of a function without its docstring."""
    first = node.body[0]
    has_text = ast.get_docstring(node, clean=False) is not None
    text = (first.end_lineno or 0) - first.lineno + 1 if has_text else 0
    return (node.end_lineno or 0) - node.lineno + 1 - text


def test_imports_point_one_way() -> None:
    program = Path(sys.executable).with_name("lint-imports")
    run = subprocess.run([program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout


def test_functions_are_short() -> None:
    lengths = sorted(length(node) for _, node in functions())
    assert statistics.median(lengths) <= 8
    assert lengths[int(len(lengths) * 0.9)] <= 30
    assert [f"{p.name}:{n.name}" for p, n in functions() if length(n) > 60] == []


def test_files_are_short() -> None:
    long = {p.name: len(p.read_text(encoding="utf-8").splitlines()) for p in SOURCES}
    assert {name: lines for name, lines in long.items() if lines > 400} == {}


def test_nothing_is_swallowed_and_nothing_asserted() -> None:
    for path, tree in trees().items():
        for node in nodes(tree):
            assert not isinstance(node, ast.Assert), path
            if isinstance(node, ast.ExceptHandler):
                caught = ast.unparse(node.type) if node.type else ""
                assert caught not in ("", "Exception", "BaseException"), path


def test_public_functions_say_what_they_do() -> None:
    for path, tree in trees().items():
        inside = nested(tree)
        for node in nodes(tree):
            if isinstance(node, Function) and not (node.name.startswith("_") or node in inside):
                assert ast.get_docstring(node), f"{path.name}:{node.name}"


def nested(tree: ast.AST) -> set[ast.AST]:
    """Functions inside functions belong to them, methods of private classes to their class."""
    found: set[ast.AST] = set()
    for outer in nodes(tree):
        if isinstance(outer, Function):
            found.update(node for node in ast.walk(outer) if node is not outer)
        if isinstance(outer, ast.ClassDef) and outer.name.startswith("_"):
            found.update(outer.body)
    return found


def test_nested_functions_and_methods_of_private_classes_are_left_out() -> None:
    tree = ast.parse(
        "def a():\n def b(): ...\nclass _C:\n def d(self): ...\nclass E:\n def f(self): ..."
    )
    inside = nested(tree)
    names = {node.name for node in nodes(tree) if isinstance(node, Function) and node in inside}
    assert names == {"b", "d"}


# --- tests ----------------------------------------------------------------------------------------

MIRRORED = (
    *("answers", "base", "calls", "catalog", "checks", "evaluate", "http", "legacy", "net", "ops"),
    *("ranking", "remote", "results", "snapshot", "web"),
)
"""Packages each of whose modules with logic has a test file of its name. `cli` is tested by its
commands, `gateway` through a running Envoy, `hub` by its stand-in."""
TESTED_ELSEWHERE = {
    "catalog.model": "structs with look-ups by name, which every test uses",
    "catalog.openness": "tests/catalog/test_from_mteb.py: it needs the registry",
    "catalog.store": "tests/catalog/test_from_mteb.py: it keeps what the registry gave",
    "checks.contract.sample_paths": "tests/checks/contract/test_record_running.py",
    "checks.parity.board_values": "tests/checks/parity/test_board_summaries.py",
    "checks.parity.fates": "tests/checks/parity/test_row_fates.py",
    "checks.parity.parity_report": "tests/checks/parity/test_run.py",
    "evaluate.worker.datasets.packages": "needs the packages of the evaluation environment",
    "evaluate.worker.models": "needs the packages of the evaluation environment",
    "evaluate.worker.pin": "needs the packages of the evaluation environment",
    "evaluate.worker.tasks": "needs the packages of the evaluation environment",
    "legacy.adopted": "tests/calls/test_preparing.py",
    "legacy.files.columns": "tests/legacy/files/test_tables.py",
    "legacy.files.documents": "tests/legacy/files/test_tree.py",
    "legacy.files.rules": "tests/legacy/files/test_fresh.py",
    "legacy.files.winning_scores": "tests/legacy/files/test_fresh.py",
    "legacy.gradio.endpoints": "tests/legacy/gradio/test_document.py",
    "legacy.gradio.page_layout": "tests/legacy/gradio/test_document.py",
    "legacy.gradio.tabs": "tests/calls/test_functions.py",
    "net.deadlines": "tests/net/test_client.py",
    "web.views.cards": "tests/web/test_cards.py",
    "web.views.old_table": "tests/web/test_old_links.py",
}
"""Module -> where its tests are, or why it has none."""
_BRANCHES = (
    *(ast.If, ast.For, ast.AsyncFor, ast.While, ast.Try, ast.IfExp, ast.comprehension),
    *(ast.Match, ast.BoolOp),
)
_LOGIC = 3
"""Branches and loops from which on a module has logic."""


def has_logic(tree: ast.AST) -> bool:
    inside = [n for f in nodes(tree) if isinstance(f, Function) for n in ast.walk(f)]
    return sum(isinstance(node, _BRANCHES) for node in inside) >= _LOGIC


def test_tests_mirror_the_modules() -> None:
    without = set()
    for path in SOURCES:
        name = module(path).removeprefix("frontrunner.")
        place = path.relative_to(ROOT / "src/frontrunner")
        is_package = path.stem in ("__init__", "__main__")
        if is_package or not name.startswith(MIRRORED) or not has_logic(trees()[path]):
            continue
        if not (ROOT / "tests" / place.parent / f"test_{path.stem}.py").is_file():
            without.add(name)
    assert without == set(TESTED_ELSEWHERE)


def test_where_tests_are_said_to_be_they_are() -> None:
    named = [where for where in TESTED_ELSEWHERE.values() if where.startswith("tests/")]
    for where in named:
        assert (ROOT / where.partition(":")[0]).is_file(), where


# --- what only one package may do -----------------------------------------------------------------


def imports(tree: ast.AST) -> Iterator[str]:
    """Every module that a file imports, at any depth, for type checking too."""
    for node in nodes(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def module(path: Path) -> str:
    parts = path.relative_to(ROOT / "src").with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def test_no_modules_import_each_other_in_a_circle() -> None:
    """Over the imports of a file as it is loaded, inside functions, and for type checking."""
    names = {module(path): path for path in SOURCES}
    graph = {
        name: {one for one in imports(trees()[path]) if one in names and one != name}
        for name, path in names.items()
    }
    assert list(circles(graph)) == []


def circles(graph: dict[str, set[str]]) -> Iterator[list[str]]:
    """Groups of modules each of which reaches every other of its group."""
    reached: dict[str, set[str]] = {}
    for start, first in graph.items():
        seen: set[str] = set()
        left = list(first)
        while left:
            one = left.pop()
            if one not in seen:
                seen.add(one)
                left.extend(graph[one])
        reached[start] = seen
    found = {frozenset({b for b in reached[a] if a in reached[b]}) for a in graph}
    return (sorted(group) for group in found if group)


def test_a_circle_is_found() -> None:
    assert list(circles({"a": {"b"}, "b": {"c"}, "c": {"b"}})) == [["b", "c"]]
    assert list(circles({"a": {"b", "c"}, "b": {"c"}, "c": set()})) == []


def below(package: str) -> list[Path]:
    return [path for path in SOURCES if module(path).startswith(f"frontrunner.{package}")]


def outside(*packages: str) -> Iterator[tuple[str, ast.AST]]:
    """Every node of every file that is not in one of `packages`."""
    inside = {path for package in packages for path in below(package)}
    for path in SOURCES:
        if path not in inside:
            name = module(path).removeprefix("frontrunner.")
            yield from ((name, node) for node in nodes(trees()[path]))


def test_only_base_builds_paths_of_a_home() -> None:
    """Looks for `home / ...`, `x.home / ...`, joinpath on either, and `folder.parent.parent`."""
    found = []
    for name, node in outside("base"):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
            found += [f"{name}: {ast.unparse(node)}"] if _is_home(node.left) else []
        if isinstance(node, ast.Attribute) and node.attr == "joinpath" and _is_home(node.value):
            found.append(f"{name}: {ast.unparse(node)}")
        if isinstance(node, ast.Attribute) and ast.unparse(node).endswith("folder.parent.parent"):
            found.append(f"{name}: {ast.unparse(node)}")
    assert found == []


def _is_home(node: ast.AST) -> bool:
    """A name or an attribute called `home`, by itself or wrapped in `Path(...)`."""
    if isinstance(node, ast.Call) and len(node.args) == 1:
        return _is_home(node.args[0])
    name = node.id if isinstance(node, ast.Name) else getattr(node, "attr", "")
    return name == "home"


WRITERS = frozenset(
    {"write_bytes", "write_text", "rename", "renames", "symlink_to", "hardlink_to", "rmtree"}
    | {"copyfile", "copytree", "copy2", "move", "mkstemp", "mkdtemp", "truncate", "fsync", "flock"}
)
"""Calls that write, move or remove files; `replace` with one argument, and `open` to write, too."""
ALLOWED_WRITES = {
    "legacy.files.dump: frame.rename": "a data frame's columns",
    "evaluate.runner: log.open": "the log of a running worker, which is read while it grows",
    "evaluate.worker.__main__: os.fdopen": "the worker's standard output",
    "takeover.rehearsal.processes: self.log.open": "the log of a running process",
}


IN_TEMPORARY_FOLDERS = ("results.git: ",)
"""Modules whose files are in a folder that is removed at the end of the same function."""


def test_only_base_writes_files() -> None:
    """Looks for calls by name (see WRITERS), whatever they are called on."""
    found = {
        f"{name}: {ast.unparse(node.func)}"
        for name, node in outside("base")
        if isinstance(node, ast.Call) and _writes(node)
    }
    allowed = set(ALLOWED_WRITES) | {one for one in found if one.startswith(IN_TEMPORARY_FOLDERS)}
    assert found - allowed == set()


def _writes(node: ast.Call) -> bool:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if name in ("open", "fdopen"):
        given = (*node.args, *(keyword.value for keyword in node.keywords))
        texts = [str(one.value) for one in given if isinstance(one, ast.Constant)]
        return any(len(text) <= 3 and bool(set(text) & set("wax+")) for text in texts)
    return name in WRITERS or (name == "replace" and len(node.args) == 1 and not node.keywords)


JSON_READERS = ("msgspec.json.decode", "msgspec.json.Decoder", "msgspec.convert", "json.load")
"""Beginnings of calls that decode JSON; `json.load` begins `json.loads` too."""


def test_pages_decode_no_json() -> None:
    """`answers.service` gives typed values; what else pages read has a reader below `web`."""
    found = []
    for path in below("web"):
        aliases = imported_names(trees()[path])
        for node in nodes(trees()[path]):
            if isinstance(node, ast.Attribute | ast.Name):
                name = whole_name(node, aliases)
                found += [f"{path.name}: {name}"] if name.startswith(JSON_READERS) else []
        found += [
            f"{path.name}: imports {one}"
            for one in imports(trees()[path])
            if one.startswith((*JSON_READERS, "frontrunner.base.json.loads"))
        ]
    assert found == []


def imported_names(tree: ast.AST) -> dict[str, str]:
    """Name in a file -> the name of what it stands for."""
    found: dict[str, str] = {}
    for node in nodes(tree):
        if isinstance(node, ast.Import):
            found |= {one.asname: one.name for one in node.names if one.asname}
        elif isinstance(node, ast.ImportFrom):
            found |= {one.asname or one.name: f"{node.module}.{one.name}" for one in node.names}
    return found


def whole_name(node: ast.AST, aliases: dict[str, str]) -> str:
    """`j.decode` after `from msgspec import json as j` as `msgspec.json.decode`."""
    first, dot, rest = ast.unparse(node).partition(".")
    return f"{aliases.get(first, first)}{dot}{rest}"


def test_a_reader_of_json_is_found_by_any_name() -> None:
    for text in (
        "import msgspec\nmsgspec.json.decode(b'')",
        "from msgspec import json as j\nj.decode(b'')",
        "from msgspec.json import decode\ndecode(b'')",
        "import json\njson.loads('')",
        "from json import loads as read\nread('')",
    ):
        tree = ast.parse(text)
        names = {
            whole_name(node, imported_names(tree))
            for node in nodes(tree)
            if isinstance(node, ast.Attribute | ast.Name)
        }
        assert any(name.startswith(JSON_READERS) for name in names), text


CASTS: dict[str, str] = {}
"""Module -> why it needs `typing.cast`. Today none does: a narrower type or a check says more."""


def test_no_type_is_asserted_without_a_reason() -> None:
    found = {
        module(path).removeprefix("frontrunner.")
        for path in SOURCES
        if "typing.cast" in {*imports(trees()[path])}
        or any(
            isinstance(node, ast.Attribute) and ast.unparse(node) == "typing.cast"
            for node in nodes(trees()[path])
        )
    }
    assert found == set(CASTS)


CLIENTS = frozenset(
    {"http.client", "urllib.request", "socket", "ssl", "smtplib"}
    | {"httpx", "requests", "aiohttp", "urllib3"}
    | {"httpx2", "httpcore2"}
)
LISTENERS = frozenset({"http.server", "http.listening"})
"""Modules that take connections, and so need sockets."""


def test_only_net_opens_connections() -> None:
    """Looks for imports of CLIENTS, and for calls that open a stream."""
    found = []
    net = below("net")
    for path in SOURCES:
        name = module(path).removeprefix("frontrunner.")
        if path not in net and name not in LISTENERS:
            found += [f"{name}: {one}" for one in imports(trees()[path]) if one in CLIENTS]
            text = path.read_text(encoding="utf-8")
            opening = ("open_connection(", "open_unix_connection(", "create_connection(")
            found += [name] if any(one in text for one in opening) else []
    assert found == [
        "calls.relay",  # which passes requests between processes of one server
        "hub.standin.containers: http.client",  # which passes them to containers, as they are
        "takeover.rehearsal.saboteur",  # which stands before one board of a rehearsal
    ]


def test_only_base_looks_for_near_names() -> None:
    users = [module(p) for p in SOURCES if "difflib" in set(imports(trees()[p]))]
    assert users == ["frontrunner.base.near"]
