"""The shape of the code: imports point one way, functions and files stay small."""

from __future__ import annotations

import ast
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
SOURCES = sorted((ROOT / "src/frontrunner").rglob("*.py"))
TREES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in SOURCES}
Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions() -> Iterator[tuple[Path, Function]]:
    for path, tree in TREES.items():
        for node in ast.walk(tree):
            if isinstance(node, Function):
                yield path, node


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
    for path, tree in TREES.items():
        for node in ast.walk(tree):
            assert not isinstance(node, ast.Assert), path
            if isinstance(node, ast.ExceptHandler):
                caught = ast.unparse(node.type) if node.type else ""
                assert caught not in ("", "Exception", "BaseException"), path


def test_public_functions_say_what_they_do() -> None:
    for path, node in functions():
        if not node.name.startswith("_") and not _is_nested(path, node):
            assert ast.get_docstring(node), f"{path.name}:{node.name}"


def _is_nested(path: Path, node: Function) -> bool:
    """Functions inside functions belong to them, methods of private classes to their class."""
    for outer in ast.walk(TREES[path]):
        if isinstance(outer, Function) and node in ast.walk(outer) and outer is not node:
            return True
        if isinstance(outer, ast.ClassDef) and node in outer.body and outer.name.startswith("_"):
            return True
    return False
